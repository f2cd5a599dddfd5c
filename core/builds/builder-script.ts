import type { BuildJob, CopyJob } from './build-plan.ts';
import { workspace } from './context-container.ts';
import type { BuilderSettings, JobInput } from './job-input.ts';

const terminationLog = '/dev/termination-log';

/** Settings of BuildKit's daemon, written before it starts. */
export const daemonConfig = `${workspace}/result/buildkitd.toml`;

/** Builds, pushes, and leaves the digest of what was pushed and its own version as its last words. */
export const builderScript = (input: JobInput): string =>
  [
    `mkdir -p "${workspace}/result"`,
    ...plainHttp(input.settings),
    ...(input.plan.kind === 'copy' ? dockerfileFor(input.plan) : []),
    `buildctl-daemonless.sh build ${buildOptions(input).join(' ')}`,
    `sed -n 's/.*"containerimage.digest": *"\\([^"]*\\)".*/\\1/p' "${workspace}/result/metadata.json" > "${terminationLog}"`,
    `{ buildctl --version >> "${terminationLog}" 2> /dev/null || true; }`,
  ].join(' && ');

/** Base images, and images that are copied, may be there as well. */
const plainHttp = ({ insecureRegistries: hosts }: BuilderSettings): readonly string[] =>
  hosts.length === 0
    ? []
    : [
        `printf '[registry."%s"]\\n  http = true\\n' ${hosts.map(quoted).join(' ')} > "${daemonConfig}"`,
      ];

/** There is no source: the whole build is the image itself. */
const dockerfileFor = ({ image }: CopyJob): readonly string[] => [
  `mkdir -p "${workspace}/context"`,
  `printf 'FROM %s\\n' ${quoted(image)} > "${workspace}/context/Dockerfile"`,
];

/** Variables of the builder's container that hold the values of build arguments and of secrets. */
export const argVariable = (index: number): string => `ARG_${index}`;
export const secretPrefix = 'SECRET_';
export const secretVariable = (index: number): string => `${secretPrefix}${index}`;

const buildOptions = (input: JobInput): readonly string[] => [
  '--progress=plain',
  '--frontend dockerfile.v0',
  ...(input.plan.kind === 'copy' ? copyOptions : sourceOptions(input, input.plan)),
  ...attestations(input.settings),
  `--output ${quoted(outputOf(input))}`,
  `--metadata-file "${workspace}/result/metadata.json"`,
];

const dockerfiles = `--local "dockerfile=${workspace}/context"`;

/** No steps, so that there is nothing to keep in a cache. */
const copyOptions = [`--local "context=${workspace}/context"`, dockerfiles];

const sourceOptions = (input: JobInput, plan: BuildJob): readonly string[] => [
  `--local ${quoted(`context=${workspace}/context${plan.path === '.' ? '' : `/${plan.path}`}`)}`,
  dockerfiles,
  `--opt ${quoted(`filename=${plan.dockerfile}`)}`,
  ...(plan.target ? [`--opt target=${plan.target}`] : []),
  ...input.args.map(({ name }, index) => `--opt "build-arg:${name}=$${argVariable(index)}"`),
  ...input.secrets.map(({ name }, index) => secretOption(name, secretVariable(index))),
  ...cacheOptions(input),
];

/** BuildKit itself reads the value: it is neither on a command line nor among what an image remembers. */
const secretOption = (name: string, variable: string): string =>
  `--secret ${quoted(`id=${name},env=${variable}`)}`;

/**
 * Steps are kept in the registry, one cache for each distinct image. `--no-cache` reads nothing of it
 * and writes it anew. A cache that can't be had makes a build slower and no more: BuildKit goes on
 * without one that it can't import, and is told to do so with one that it can't export.
 */
const cacheOptions = (input: JobInput): readonly string[] => {
  const { plan, cacheRepository, hasCache, noCache } = input;
  const cache = `type=registry,ref=${cacheRepository}:${plan.services[0]}`;
  const insecure = insecureOption(input, cacheRepository);
  const whole = 'mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true';
  return [
    ...(noCache ? ['--no-cache'] : []),
    ...(hasCache && !noCache ? [`--import-cache ${quoted(`${cache}${insecure}`)}`] : []),
    `--export-cache ${quoted(`${cache},${whole}${insecure}`)}`,
  ];
};

/** `mode=min` leaves out build arguments and the names of secrets. */
const attestations = ({ sbom }: BuilderSettings): readonly string[] =>
  sbom
    ? [`--opt ${quoted(`attest:sbom=generator=${sbom}`)}`, '--opt attest:provenance=mode=min']
    : [];

const outputOf = (input: JobInput): string => {
  const { repository, plan, id } = input;
  const insecure = insecureOption(input, repository);
  return `type=image,name=${repository}:${plan.services[0]}.${id},push=true${insecure}`;
};

const insecureOption = ({ settings }: JobInput, repository: string): string =>
  settings.insecureRegistries.includes(repository.split('/')[0] ?? '')
    ? ',registry.insecure=true'
    : '';

/** Paths come from a manifest: the shell must not read them. */
const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
