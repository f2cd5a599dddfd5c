import { createHash, randomUUID } from 'node:crypto';
import type { Reply } from '../aws-identity/http.ts';
import { dockerFault, type Fault } from './fault.ts';
import { type FakeRequest, ok, type Service } from './request.ts';
import type { GoogleWorld, Repository } from './world.ts';

/** `LOCATION-docker.pkg.dev`: the Docker registry API over the project's repositories. */
export const dockerHost: Service = (world, request) => {
  if (request.path === '/v2/token') return token(world, request);
  if (request.path === '/v2/') {
    memberOf(world, request);
    return ok({});
  }
  const [, project, id, image = '', rest = ''] =
    /^\/v2\/([^/]+)\/([^/]+)\/([^/]+)\/(.*)$/.exec(request.path) ?? [];
  if (!project || !id) return undefined;
  const name = `projects/${project}/locations/${world.location}/repositories/${id}`;
  const isWrite = request.method !== 'GET' && request.method !== 'HEAD';
  demand(world, { member: memberOf(world, request), name, action: isWrite ? 'push' : 'pull' });
  const repository = world.repositories.get(name);
  if (!repository) throw dockerFault(404, 'NAME_UNKNOWN', { message: `no repository ${name}` });
  return contents({ repository, image, rest, now: world.clock() }, request);
};

const actions: Readonly<Record<string, string>> = {
  push: 'artifactregistry.repositories.uploadArtifacts',
  pull: 'artifactregistry.repositories.downloadArtifacts',
};

interface Demand {
  readonly member: string;
  readonly name: string;
  readonly action: string;
}

const demand = (world: GoogleWorld, { member, name, action }: Demand): void => {
  const permission = actions[action] ?? action;
  if (world.mayUse(member, name, permission)) return;
  const message = `Permission "${permission}" denied on resource "${name}" (or it may not exist)`;
  throw dockerFault(403, 'DENIED', { message });
};

/** Basic with an access token, or Bearer with what the token endpoint made of one. */
const memberOf = (world: GoogleWorld, { headers }: FakeRequest): string => {
  const [scheme = '', value = ''] = headers.authorization?.split(' ') ?? [];
  const basic = /^oauth2accesstoken:(.*)$/.exec(Buffer.from(value, 'base64').toString())?.[1];
  const given = scheme === 'Basic' ? (basic ?? '') : value.replace(/^registry\./, '');
  const member = world.holderOf(given);
  if (member) return member;
  const realm = `Bearer realm="http://${headers.host}/v2/token",service="${headers.host}"`;
  throw dockerFault(401, 'UNAUTHORIZED', {
    message: 'Unauthenticated request.',
    headers: { 'www-authenticate': realm },
  });
};

const token = (world: GoogleWorld, request: FakeRequest): Reply => {
  const member = memberOf(world, request);
  for (const scope of request.query.getAll('scope')) {
    const [, project, id, wanted = ''] =
      /^repository:([^/]+)\/([^/]+)\/[^:]+:(.*)$/.exec(scope) ?? [];
    const name = `projects/${project}/locations/${world.location}/repositories/${id}`;
    for (const action of wanted.split(',')) demand(world, { member, name, action });
  }
  const given = Buffer.from(
    request.headers.authorization?.split(' ')[1] ?? '',
    'base64'
  ).toString();
  return ok({ token: `registry.${given.slice(given.indexOf(':') + 1)}`, expires_in: 3600 });
};

interface Place {
  readonly repository: Repository;
  readonly image: string;
  /** `blobs/…` or `manifests/…`. */
  readonly rest: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const contents = (place: Place, request: FakeRequest): Reply | undefined => {
  const [kind, ...more] = place.rest.split('/');
  const reference = more.join('/');
  if (kind === 'manifests') return manifest(place, reference, request);
  if (kind !== 'blobs') return undefined;
  if (reference.startsWith('uploads/')) return upload(place, reference.slice(8), request);
  return found(place.repository.blobs.get(reference), reference, request);
};

const digestOf = (content: Buffer): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

const found = (content: Buffer | undefined, digest: string, { method }: FakeRequest): Reply => {
  if (!content) throw unknown('BLOB_UNKNOWN', digest);
  const headers = { 'docker-content-digest': digest, 'content-length': String(content.length) };
  return { status: 200, headers, ...(method === 'GET' && { body: content }) };
};

const unknown = (code: string, what: string): Fault =>
  dockerFault(404, code, { message: `${what} is unknown` });

const uploads = new Map<string, Buffer>();

const upload = ({ repository }: Place, id: string, request: FakeRequest): Reply => {
  const location = (it: string): Record<string, string> => ({
    location: `${request.path.replace(/uploads\/.*$/, 'uploads/')}${it}`,
  });
  if (request.method === 'POST') {
    const begun = randomUUID();
    uploads.set(begun, Buffer.alloc(0));
    return { status: 202, headers: location(begun) };
  }
  const content = Buffer.concat([uploads.get(id) ?? Buffer.alloc(0), request.body]);
  uploads.set(id, content);
  if (request.method === 'PATCH') {
    return { status: 202, headers: { ...location(id), range: `0-${content.length - 1}` } };
  }
  const digest = request.query.get('digest') ?? '';
  if (digest !== digestOf(content)) throw dockerFault(400, 'DIGEST_INVALID', { message: digest });
  uploads.delete(id);
  repository.blobs.set(digest, content);
  return { status: 201, headers: { location: request.path, 'docker-content-digest': digest } };
};

const manifest = (place: Place, reference: string, request: FakeRequest): Reply => {
  if (request.method === 'PUT') return putManifest(place, reference, request);
  const { repository, image } = place;
  const digest = repository.tags.get(`${image}:${reference}`) ?? reference;
  const it = repository.manifests.get(`${image}@${digest}`);
  if (!it) throw unknown('MANIFEST_UNKNOWN', reference);
  const answer = found(it.content, digest, request);
  return { ...answer, headers: { ...answer.headers, 'content-type': it.type } };
};

const putManifest = (
  { repository, image, now }: Place,
  reference: string,
  { body, headers }: FakeRequest
): Reply => {
  const digest = digestOf(body);
  const tag = `${image}:${reference}`;
  const old = repository.tags.get(tag);
  if (repository.dockerConfig.immutableTags && old && old !== digest) {
    const message = `the tag "${reference}" is already used, and tags of the repository are immutable`;
    throw dockerFault(400, 'TAG_INVALID', { message });
  }
  const type = headers['content-type'] ?? '';
  const key = `${image}@${digest}`;
  const uploaded = repository.manifests.get(key)?.uploaded ?? now;
  repository.manifests.set(key, { type, content: body, uploaded });
  if (!reference.startsWith('sha256:')) repository.tags.set(tag, digest);
  return { status: 201, headers: { 'docker-content-digest': digest } };
};
