import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { RegistryRepositories } from '#adapters/registry/registry-repositories.ts';
import { InMemoryImageRepository } from '#test/fakes/in-memory-image-repositories.ts';
import { type Call, stage } from './deployed-stack.ts';

interface Answer {
  readonly status: number;
  readonly text: string;
  /** What one or another of the operations answers that are asked here. */
  readonly json: {
    readonly id: string;
    readonly object: string;
    readonly missing: readonly string[];
    readonly uploads: readonly [{ readonly url: string; readonly headers: Record<string, string> }];
  };
}

type Ask = (call: Call) => Promise<Answer>;

/** An external build whose image can be pulled. */
export const pushedBuild = async (call: Ask, host: string, app: string) => {
  const begun = { external: true, 'no-grant': true };
  const { id } = (await call({ method: 'POST', path: `/apps/${app}/builds`, body: begun })).json;
  const path = `/apps/${app}/builds/${id}`;
  await call({ method: 'POST', path: `${path}/grants` });
  const login = { username: 'AWS', password: 'any' };
  const store = new RegistryRepositories([host]).open(`${host}/${stage}/${app}`, login);
  const blobs = new InMemoryImageRepository();
  const digest = blobs.addImage('the layer of web');
  for (const [name, content] of blobs.blobs) {
    await store.putBlob({ digest: name, size: content.length }, ReadableStream.from([content]));
  }
  const manifest = blobs.manifests.get(digest);
  if (manifest) await store.putManifest(`web.${id}`, manifest);
  const images = { web: digest };
  const report = { manifest: 'services: {web: {build: .}}', ended: '2026-01-01T00:00:00Z', images };
  const ended = await call({ method: 'PUT', path, body: report });
  if (ended.status !== 200) throw new Error(ended.text);
  await call({ method: 'PUT', path, body: { status: 'complete' } });
  return { id, digest };
};

const hash = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** As the client sends an archive that is no larger than one chunk. */
export const sendInOnePiece = async (call: Ask, app: string, archive: Buffer): Promise<string> => {
  const chunk = { sha256: hash(archive), size: archive.length };
  const content = gzipSync(archive);
  const packed = { sha256: hash(content), size: content.length };
  const source = { method: 'POST', path: `/apps/${app}/sources` };
  const stored = { ...source, body: { chunks: [chunk], purpose: 'import' } };
  await call(stored);
  const asked = { chunks: [{ sha256: chunk.sha256, packed }], purpose: 'import' };
  const { json } = await call({ method: 'POST', path: `/apps/${app}/chunks`, body: asked });
  const [{ url, headers }] = json.uploads;
  const { status } = await fetch(url, { method: 'PUT', headers, body: new Uint8Array(content) });
  const { object, missing } = (await call(stored)).json;
  if (status !== 200 || missing.length > 0) throw new Error(`not sent: status ${status}`);
  return object;
};
