/** A parsed image name. `canonical` has registry and tag or digest, so that equal images have equal names. */
export interface ImageReference {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  readonly canonical: string;
}

export class InvalidImageNameError extends Error {
  override readonly name = 'InvalidImageNameError';
}

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const repositoryPattern = new RegExp(`^${component}(?:/${component})*$`);
const registryPattern =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::\d+)?$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[+._-][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;

const splitDigest = (image: string): [string, string | undefined] => {
  const at = image.indexOf('@');
  return at === -1 ? [image, undefined] : [image.slice(0, at), image.slice(at + 1)];
};

const splitTag = (name: string): [string, string | undefined] => {
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/')
    ? [name.slice(0, colon), name.slice(colon + 1)]
    : [name, undefined];
};

/** `shop` and `team/shop` are on Docker Hub; a first part with a dot, port or `localhost` is a host. */
const splitRegistry = (name: string): [string, string] => {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  if (/[.:]/.test(first) || first === 'localhost') {
    return [first, name.slice(slash + 1)];
  }
  return ['docker.io', slash === -1 ? `library/${name}` : name];
};

/** Reads `HOST/REPOSITORY:TAG@DIGEST` as container runtimes do. Throws `InvalidImageNameError`. */
export const parseImageReference = (image: string): ImageReference => {
  const [name, digest] = splitDigest(image);
  const [path, tag] = splitTag(name);
  const [registry, repository] = splitRegistry(path);
  const valid =
    registryPattern.test(registry) &&
    repositoryPattern.test(repository) &&
    (tag === undefined || tagPattern.test(tag)) &&
    (digest === undefined || digestPattern.test(digest));
  if (!valid) {
    throw new InvalidImageNameError(`couldn't parse image name "${image}": ${reason(repository)}`);
  }
  const version = digest === undefined ? `:${tag ?? 'latest'}` : `@${digest}`;
  return {
    registry,
    repository,
    tag: tag ?? (digest === undefined ? 'latest' : undefined),
    digest,
    canonical: `${registry}/${repository}${version}`,
  };
};

const reason = (repository: string): string =>
  repositoryPattern.test(repository.toLowerCase()) && repository !== repository.toLowerCase()
    ? `invalid reference format: repository name (${repository}) must be lowercase`
    : 'invalid reference format';
