import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PushCredential } from '#core/registries/ports.ts';

const run = promisify(execFile);
const type = 'application/vnd.oci.image';

/** skopeo with an image of one layer to push; registries speak plain HTTP. Gives digests, or what skopeo said. */
export interface Skopeo {
  /** `reference` is `HOST/PATH:TAG`. */
  push(credential: PushCredential, reference: string): Promise<string>;
  /** The same image with another note in it: another digest. */
  pushOther(credential: PushCredential, reference: string): Promise<string>;
  pull(credential: PushCredential, reference: string): Promise<string>;
  close(): Promise<void>;
}

export const openSkopeo = async (): Promise<Skopeo> => {
  const folder = await mkdtemp(join(tmpdir(), 'rackless-skopeo-'));
  await writeLayout(join(folder, 'one'), 'one');
  await writeLayout(join(folder, 'other'), 'other');
  const copy = async (
    { host, username, password }: PushCredential,
    from: string,
    to: string
  ): Promise<string> => {
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    const authFile = join(folder, 'auth.json');
    await writeFile(authFile, JSON.stringify({ auths: { [host]: { auth } } }));
    const env = { ...process.env, REGISTRY_AUTH_FILE: authFile };
    const digest = join(folder, 'digest');
    const plain = ['--src-tls-verify=false', '--dest-tls-verify=false', '--retry-times=0'];
    const args = ['--insecure-policy', 'copy', ...plain, '--digestfile', digest, from, to];
    return run('skopeo', args, { env, timeout: 30_000 })
      .then(() => readFile(digest, 'utf8'))
      .catch(({ stderr }: { stderr: string }) => stderr);
  };
  return {
    push: (credential, it) => copy(credential, `oci:${folder}/one:it`, `docker://${it}`),
    pushOther: (credential, it) => copy(credential, `oci:${folder}/other:it`, `docker://${it}`),
    pull: (credential, it) => copy(credential, `docker://${it}`, `oci:${folder}/pulled:it`),
    close: () => rm(folder, { recursive: true, force: true }),
  };
};

/** An OCI layout with one image. */
const writeLayout = async (layout: string, note: string): Promise<void> => {
  await mkdir(join(layout, 'blobs/sha256'), { recursive: true });
  const put = async (content: Buffer | object, mediaType: string) => {
    const data = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    const hash = createHash('sha256').update(data).digest('hex');
    await writeFile(join(layout, 'blobs/sha256', hash), data);
    return { mediaType, digest: `sha256:${hash}`, size: data.length };
  };
  const layer = await put(Buffer.alloc(3_000_000, 'rackless'), `${type}.layer.v1.tar`);
  const rootfs = { type: 'layers', diff_ids: [layer.digest] };
  const built = { architecture: 'amd64', os: 'linux', author: note, rootfs };
  const config = await put(built, `${type}.config.v1+json`);
  const mediaType = `${type}.manifest.v1+json`;
  const manifest = await put({ schemaVersion: 2, mediaType, config, layers: [layer] }, mediaType);
  const named = { ...manifest, annotations: { 'org.opencontainers.image.ref.name': 'it' } };
  await writeFile(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const index = { schemaVersion: 2, manifests: [named] };
  await writeFile(join(layout, 'index.json'), JSON.stringify(index));
};
