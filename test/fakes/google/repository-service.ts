import type { Reply } from '../aws-identity/http.ts';
import { apiFault } from './fault.ts';
import { bearerOf, type FakeRequest, json, ok, type Service } from './request.ts';
import { etagOf, type GoogleWorld, type Policy, type Repository } from './world.ts';

type Verb = (world: GoogleWorld, repository: Repository, request: FakeRequest) => Reply;

/** Artifact Registry: repositories, their policies, tags, and operations that take a while. */
export const repositoryService: Service = (world, request) => {
  const parent = `projects/${world.project}/locations/${world.location}`;
  const path = request.path.replace(/^\/v1\//, '');
  if (path === `${parent}/repositories`) return create(world, request, parent);
  if (path.startsWith(`${parent}/operations/`)) return poll(world, path);
  const [, name = '', rest = ''] = /^(.*\/repositories\/[^/:]+)(.*)$/.exec(path) ?? [];
  const verb = verbFor(request.method, rest);
  if (!verb || !name.startsWith(`${parent}/`)) return undefined;
  return verb(world, world.repositories.get(name) ?? missing(name), request);
};

/** Whether something is there is told only to those who may ask. */
const missing = (name: string): Repository => ({ ...emptyRepository, name, format: '' });

const emptyRepository: Omit<Repository, 'name' | 'format'> = {
  labels: {},
  dockerConfig: { immutableTags: false },
  policies: [],
  blobs: new Map(),
  manifests: new Map(),
  tags: new Map(),
};

const create = (world: GoogleWorld, request: FakeRequest, parent: string): Reply => {
  world.demand(bearerOf(request), 'artifactregistry.repositories.create');
  const id = request.query.get('repositoryId') ?? '';
  if (!/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(id)) {
    throw apiFault('INVALID_ARGUMENT', `invalid repository id "${id}"`);
  }
  const name = `${parent}/repositories/${id}`;
  if (world.repositories.has(name))
    throw apiFault('ALREADY_EXISTS', 'the repository already exists');
  const { format = '', labels = {}, dockerConfig = {} } = json(request) as Partial<Repository>;
  const finish = (): object => {
    const immutableTags = { immutableTags: false, ...dockerConfig }.immutableTags;
    const made = { ...structuredClone(emptyRepository), name, format, labels };
    const repository = { ...made, dockerConfig: { immutableTags } };
    world.repositories.set(name, repository);
    return shown(repository);
  };
  return begun(world, finish);
};

const begun = (world: GoogleWorld, finish: () => object): Reply => {
  const parent = `projects/${world.project}/locations/${world.location}`;
  const name = `${parent}/operations/${world.operations.size + 1}`;
  world.operations.set(name, { polls: 0, finish });
  return ok({ name });
};

/** Done when it is looked at for the second time. */
const poll = (world: GoogleWorld, name: string): Reply => {
  const operation = world.operations.get(name);
  if (!operation) throw apiFault('NOT_FOUND', 'operation not found');
  operation.polls += 1;
  if (operation.polls < 2) return ok({ name });
  return ok({ name, done: true, response: operation.finish() });
};

/** Immutable tags are left out when they are off, as everything that is false. */
const shown = ({ name, format, labels, dockerConfig }: Repository): object => ({
  name,
  format,
  mode: 'STANDARD_REPOSITORY',
  labels,
  ...(dockerConfig.immutableTags && { dockerConfig }),
});

const required = (repository: Repository): Repository => {
  if (repository.format) return repository;
  throw apiFault('NOT_FOUND', 'Requested entity was not found.');
};

const readRepository: Verb = (world, repository, request) => {
  world.demand(bearerOf(request), 'artifactregistry.repositories.get');
  return ok(shown(required(repository)));
};

const current = ({ policies }: Repository): Policy => {
  const policy = policies.at(-1)?.policy ?? {};
  return { version: 1, ...policy, etag: etagOf(policy, policies.length) };
};

const readPolicy: Verb = (world, repository, request) => {
  world.demand(bearerOf(request), 'artifactregistry.repositories.getIamPolicy');
  const answer = ok(current(required(repository)));
  world.afterPolicyRead(repository);
  return answer;
};

const writePolicy: Verb = (world, repository, request) => {
  world.demand(bearerOf(request), 'artifactregistry.repositories.setIamPolicy');
  const { policies } = required(repository);
  const { policy } = json(request) as { policy: Policy };
  if (policy.etag && policy.etag !== current(repository).etag) {
    throw apiFault(
      'ABORTED',
      'There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.'
    );
  }
  requireMembers(world, policy);
  policies.push({ at: world.clock() + world.propagation, policy });
  return ok(current(repository));
};

const requireMembers = (world: GoogleWorld, { bindings = [] }: Policy): void => {
  if (bindings.some((it) => it.condition)) {
    throw apiFault('INVALID_ARGUMENT', 'conditions are not supported on this resource');
  }
  for (const member of bindings.flatMap((it) => it.members)) {
    const [, email] = /^serviceAccount:(.*)$/.exec(member) ?? [];
    if (email && !world.knownAccount(email)) {
      throw apiFault('INVALID_ARGUMENT', `Service account ${email} does not exist.`);
    }
  }
};

const readTag: Verb = (world, repository, request) => {
  world.demand(bearerOf(request), 'artifactregistry.tags.get');
  const [, image = '', tag = ''] = /\/packages\/([^/]+)\/tags\/([^/]+)$/.exec(request.path) ?? [];
  const digest = required(repository).tags.get(`${image}:${decodeURIComponent(tag)}`);
  if (!digest) throw apiFault('NOT_FOUND', 'Requested entity was not found.');
  const name = `${repository.name}/packages/${image}`;
  return ok({ name: `${name}/tags/${tag}`, version: `${name}/versions/${digest}` });
};

/** Two a page, whatever was asked for: whoever reads only the first misses the others. */
const listImages: Verb = (world, repository, request) => {
  world.demand(bearerOf(request), 'artifactregistry.dockerimages.list');
  const { manifests, tags, name } = required(repository);
  const at = Number(request.query.get('pageToken') || 0);
  const dockerImages = [...manifests].slice(at, at + 2).map(([image, { type, uploaded }]) => {
    const named = [...tags].filter(([tag, digest]) => `${tag.split(':')[0]}@${digest}` === image);
    return {
      name: `${name}/dockerImages/${image}`,
      ...(named.length > 0 && { tags: named.map(([tag]) => tag.slice(tag.indexOf(':') + 1)) }),
      uploadTime: new Date(uploaded).toISOString(),
      mediaType: type,
    };
  });
  const isLast = at + 2 >= manifests.size;
  return ok({ dockerImages, ...(!isLast && { nextPageToken: String(at + 2) }) });
};

const remove: Verb = (world, repository, request) => {
  world.demand(bearerOf(request), 'artifactregistry.repositories.delete');
  const { name } = required(repository);
  const finish = (): object => {
    world.repositories.delete(name);
    return {};
  };
  return begun(world, finish);
};

const verbFor = (method: string, rest: string): Verb | undefined => {
  if (method === 'DELETE') return rest === '' ? remove : undefined;
  return rest.startsWith('/packages/') ? readTag : verbs[rest];
};

const verbs: Readonly<Record<string, Verb>> = {
  '': readRepository,
  '/dockerImages': listImages,
  ':getIamPolicy': readPolicy,
  ':setIamPolicy': writePolicy,
};
