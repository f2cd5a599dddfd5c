import { createHash, randomUUID } from 'node:crypto';
import type { ProbeFinding, ProbeTarget, RegistryProbe } from '#core/registries/probe.ts';
import type { Challenge } from './challenge.ts';
import { RegistryClient } from './registry-client.ts';
import { RegistryFailure } from './registry-failure.ts';

type Step = ProbeFinding['step'];

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const emptyType = 'application/vnd.oci.empty.v1+json';

/** Tries a registry with an artifact of a few hundred bytes that no tag names. */
export class HttpRegistryProbe implements RegistryProbe {
  readonly #insecure: ReadonlySet<string>;

  constructor(insecureRegistries: readonly string[]) {
    this.#insecure = new Set(insecureRegistries);
  }

  async probe(target: ProbeTarget): Promise<readonly ProbeFinding[]> {
    const { server: host, username, password, path } = target;
    const isInsecure = this.#insecure.has(host);
    const client = new RegistryClient({ host, account: { username, password }, isInsecure });
    const artifact = tinyArtifact(randomUUID());
    let challenge: Challenge | undefined;
    const steps: [Step, () => Promise<string>][] = [
      [
        'reach',
        async () => {
          challenge = await client.ping();
          return `${host} answers${challenge ? '' : ', and asks for no login'}`;
        },
      ],
      ['login', async () => logIn(client, username, challenge)],
      ['push', () => push(client, path, artifact)],
      ['pull', () => pull(client, path, artifact)],
    ];
    return inTurn(path ? steps : steps.slice(0, 2));
  }
}

/** Up to the first failure. */
const inTurn = async (
  steps: readonly (readonly [Step, () => Promise<string>])[]
): Promise<readonly ProbeFinding[]> => {
  const findings: ProbeFinding[] = [];
  for (const [step, action] of steps) {
    try {
      findings.push({ step, trouble: undefined, detail: await action() });
    } catch (error) {
      if (!(error instanceof RegistryFailure)) throw error;
      return [...findings, { step, trouble: error.trouble, detail: error.message }];
    }
  }
  return findings;
};

const logIn = async (
  client: RegistryClient,
  username: string,
  challenge: Challenge | undefined
): Promise<string> => {
  if (!challenge) return `${username} was not asked for`;
  await client.send({ path: '/v2/' });
  return `${username} is let in`;
};

interface Artifact {
  readonly blobs: readonly Buffer<ArrayBuffer>[];
  readonly manifest: Buffer<ArrayBuffer>;
}

/** New each time: what a registry has already, it takes even when it is full. */
const tinyArtifact = (content: string): Artifact => {
  const [config, layer] = [Buffer.from('{}'), Buffer.from(content)];
  const descriptor = (mediaType: string, blob: Uint8Array) => ({
    mediaType,
    digest: digestOf(blob),
    size: blob.length,
  });
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    artifactType: 'application/vnd.rackless.check',
    config: descriptor(emptyType, config),
    layers: [descriptor('application/vnd.rackless.check.layer', layer)],
  };
  return { blobs: [config, layer], manifest: Buffer.from(JSON.stringify(manifest)) };
};

const digestOf = (content: Uint8Array): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

const push = async (
  client: RegistryClient,
  path: string,
  { blobs, manifest }: Artifact
): Promise<string> => {
  for (const blob of blobs) await pushBlob(client, path, blob);
  const digest = digestOf(manifest);
  await client.send({
    method: 'PUT',
    path: `/v2/${path}/manifests/${digest}`,
    headers: { 'content-type': manifestType },
    body: manifest,
    statuses: [201],
  });
  return `${digest.slice(0, 19)} to ${path}`;
};

const pushBlob = async (
  client: RegistryClient,
  path: string,
  blob: Buffer<ArrayBuffer>
): Promise<void> => {
  const begun = await client.send({
    method: 'POST',
    path: `/v2/${path}/blobs/uploads/`,
    statuses: [202],
  });
  // May be relative, and of another host.
  const address = URL.parse(begun.headers.get('location') ?? '', begun.url);
  if (!address) throw new RegistryFailure('not-a-registry', 'it does not say where to upload to');
  address.searchParams.set('digest', digestOf(blob));
  await client.send({
    method: 'PUT',
    path: address.href,
    headers: { 'content-type': 'application/octet-stream' },
    body: blob,
    statuses: [201],
  });
};

const pull = async (
  client: RegistryClient,
  path: string,
  { blobs, manifest }: Artifact
): Promise<string> => {
  const at = `manifests/${digestOf(manifest)}`;
  const headers = { accept: manifestType };
  await fetchSame(client, { path: `/v2/${path}/${at}`, headers }, manifest);
  for (const blob of blobs) {
    await fetchSame(client, { path: `/v2/${path}/blobs/${digestOf(blob)}` }, blob);
  }
  await clearAway(client, `/v2/${path}/${at}`);
  return 'the same came back';
};

const fetchSame = async (
  client: RegistryClient,
  request: { readonly path: string; readonly headers?: Readonly<Record<string, string>> },
  expected: Buffer
): Promise<void> => {
  const response = await client.send(request);
  if (expected.equals(Buffer.from(await response.arrayBuffer()))) return;
  throw new RegistryFailure('failed', `something else came back from ${request.path}`);
};

/** Where that is allowed: a credential for pushing may not, as a rule. */
const clearAway = async (client: RegistryClient, path: string): Promise<void> => {
  try {
    await client.send({ method: 'DELETE', path, statuses: [202] });
  } catch (error) {
    if (!(error instanceof RegistryFailure)) throw error;
  }
};
