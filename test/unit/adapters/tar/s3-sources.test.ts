import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import { Header } from 'tar';
import { S3Sources } from '#adapters/tar/s3-sources.ts';
import { writeSourceList } from '#core/objects/source-list.ts';

const entry = (path: string, content: string): Buffer => {
  const header = new Header({ path, type: 'File', size: content.length, mode: 0o644 });
  header.encode();
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  body.write(content);
  return Buffer.concat([header.block ?? Buffer.alloc(0), body]);
};

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const tar = Buffer.concat([
  entry('convox.yml', 'services: {}\n'),
  entry('web/Dockerfile', 'FROM node\n'),
  entry('web/index.js', 'x'.repeat(2000)),
  Buffer.alloc(1024),
]);
/** Cut in the middle of a header, of a content, and of nothing. */
const pieces = [tar.subarray(0, 1100), tar.subarray(1100, 1600), tar.subarray(1600)];
const list = writeSourceList(pieces.map((it) => ({ sha256: sha256(it), size: it.length })));
const source = { app: 'shop', key: `sources/${list.sha256}` };

/** A bucket that holds the list alone, and chunks that can be replaced. */
const sources = (changed: Readonly<Record<number, Buffer | undefined>> = {}) => {
  const read: string[] = [];
  const byId = new Map(
    pieces.map((it, at) => [sha256(it), at in changed ? changed[at] : gzipSync(it)])
  );
  const client = new S3Client({
    region: 'us-east-1',
    requestHandler: { handle: async () => ({ response: answer(list.text) }) },
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const chunks = {
    read: async (_app: string, id: string) => {
      read.push(id);
      return byId.get(id);
    },
  };
  return { read, sources: new S3Sources({ client, name: 'bucket' }, chunks) };
};

const answer = (text: string) => ({
  statusCode: 200,
  headers: {},
  body: new Blob([text]).stream(),
});

test('reads files out of chunks, wherever the cuts are', async () => {
  const bed = sources();

  const files = await bed.sources.readFiles(source, ['convox.yml', 'web/Dockerfile']);

  expect([...files]).toEqual([
    ['convox.yml', 'services: {}\n'],
    ['web/Dockerfile', 'FROM node\n'],
  ]);
});

test('reads no further than it must', async () => {
  const bed = sources();

  await bed.sources.readFiles(source, ['convox.yml']);

  expect(bed.read).toEqual([sha256(pieces[0] ?? tar)]);
});

test.each([
  ['is gone', undefined, 'a part of the source has expired'],
  ['is another', gzipSync(tar), 'a part of the source is not what its name says'],
  ['is no gzip', tar, 'a part of the source is not what its name says'],
  ['unpacks to more', gzipSync(Buffer.alloc(1_000_000)), 'is not what its name says'],
])('a chunk that %s ends the reading', async (_what, chunk, message) => {
  const bed = sources({ 1: chunk });

  await expect(bed.sources.readFiles(source, ['web/index.js'])).rejects.toThrow(message);
});
