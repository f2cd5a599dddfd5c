import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from '@jest/globals';
import type { Bucket } from '#adapters/s3/bucket.ts';
import { archiveChunks, S3Chunks } from '#adapters/s3/s3-chunks.ts';
import { S3Objects } from '#adapters/s3/s3-objects.ts';
import { S3Sources } from '#adapters/tar/s3-sources.ts';
import { putContent } from '#cli/put-content.ts';
import { type Chunk, chunksOf } from '#cli/source/chunks.ts';
import { pack } from '#cli/source/pack.ts';
import { ChunkPacker } from '#cli/source/pack-chunk.ts';
import type { SourceArchive } from '#cli/source/source-archive.ts';
import { sourceListKey } from '#core/objects/object-key.ts';
import { writeSourceList } from '#core/objects/source-list.ts';
import { chunksBehaveLike } from '#test/ports/chunks.ts';
import { folderWith } from '#test/run-cli.ts';
import { freshName } from '#test/samples.ts';
import { createBucket } from '../aws.ts';

let bucket: Bucket;

beforeAll(async () => {
  bucket = await createBucket();
});

const { signal } = new AbortController();
const longAgo = 0;

const idOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const put = async (app: string, id: string, Body: Uint8Array): Promise<void> => {
  const { client, name } = bucket;
  await client.send(new PutObjectCommand({ Bucket: name, Key: `chunks/${app}/${id}`, Body }));
};

const store = (app: string, id: string): Promise<void> => put(app, id, gzipSync(id));

chunksBehaveLike('S3Chunks', () => ({ chunks: new S3Chunks(bucket), put }));
chunksBehaveLike('S3Chunks of archives', () => ({
  chunks: archiveChunks(bucket),
  put: (app, id, Body) =>
    bucket.client.send(
      new PutObjectCommand({
        Bucket: bucket.name,
        Key: `transfers/${app}/imports/chunks/${id}`,
        Body,
      })
    ),
}));

test('a chunk that is sent again while it is found damaged stays', async () => {
  const [app, id] = [freshName(), idOf('content')];
  await put(app, id, gzipSync('something else'));
  const send = async (command: object) => {
    if (command instanceof DeleteObjectCommand) await store(app, id);
    return bucket.client.send(command as DeleteObjectCommand);
  };
  const late = new S3Chunks({ ...bucket, client: { send } as S3Client });

  expect(await late.removeDamaged(app, id)).toBe(false);

  expect(await late.read(app, id)).toEqual(new Uint8Array(gzipSync(id)));
});

const send = async (app: string, archive: SourceArchive, chunk: Chunk): Promise<number> => {
  const [packing] = await new ChunkPacker(archive).pack([chunk]);
  if (!packing) throw new Error('nothing was packed');
  const { content, packed } = packing;
  const address = await new S3Chunks(bucket).uploadAddress(app, chunk.sha256, packed);
  const { status } = await putContent({ ...address, content, onSent: () => undefined }, signal);
  return status;
};

test.each([3, 40])('of %d chunks, tells those of this app that are here', async (count) => {
  const [app, other] = [freshName(), freshName()];
  const ids = Array.from({ length: count }, (_, at) => idOf(`${at}`));
  const [first = '', second = ''] = ids;
  await Promise.all([store(app, first), store(app, idOf('unrelated')), store(other, second)]);

  const here = await new S3Chunks(bucket).retain(app, ids, longAgo);

  expect([...here]).toEqual([first]);
});

test('what is old is written anew, as it is', async () => {
  const [app, id] = [freshName(), idOf('old')];
  await store(app, id);
  const chunks = new S3Chunks(bucket);
  const before = await chunks.read(app, id);

  expect([...(await chunks.retain(app, [id], Date.now() + 60_000))]).toEqual([id]);

  expect(await chunks.read(app, id)).toEqual(before);
  expect(await chunks.read(app, idOf('none'))).toBeUndefined();
});

test('what a client cuts, packs and sends is what the rack reads', async () => {
  const app = freshName();
  const folder = folderWith({
    'convox.yml': 'services:\n  web:\n    build: .\n',
    Dockerfile: 'FROM scratch\n',
    'big.bin': Array.from({ length: 60_000 }, (_, at) => idOf(`${at}`)).join(''),
  });
  const manifest = 'services:\n  web:\n    build: .\n';
  const { archive } = pack({ folder, manifestFile: 'convox.yml', manifest });
  const chunks = await chunksOf(archive);
  const statuses = await Promise.all(chunks.map((chunk) => send(app, archive, chunk)));
  const list = writeSourceList(chunks);
  const key = sourceListKey(list.sha256);
  await new S3Objects(bucket).write(app, key, Buffer.from(list.text));

  expect(new Set(statuses)).toEqual(new Set([200]));
  const files = await new S3Sources(bucket).readFiles({ app, key }, ['convox.yml', 'Dockerfile']);
  expect(Object.fromEntries(files)).toEqual({
    'convox.yml': manifest,
    Dockerfile: 'FROM scratch\n',
  });
});

test('bytes that differ from what was signed are refused', async () => {
  const app = freshName();
  const content = gzipSync('one');
  const packed = {
    sha256: createHash('sha256').update(content).digest('hex'),
    size: content.length,
  };
  const address = await new S3Chunks(bucket).uploadAddress(app, idOf('one'), packed);
  const other = Buffer.from(content).fill(0, 12, 13);

  const { status } = await putContent(
    { ...address, content: other, onSent: () => undefined },
    signal
  );

  expect(status).toBe(400);
  expect(await new S3Chunks(bucket).read(app, idOf('one'))).toBeUndefined();
});

test('an object that was removed is gone, and may be removed again', async () => {
  const [objects, app] = [new S3Objects(bucket), freshName()];
  await objects.write(app, 'builds/B1/context', Buffer.from('list'));

  await objects.remove(app, 'builds/B1/context');
  await objects.remove(app, 'builds/B1/context');

  expect(await objects.size(app, 'builds/B1/context')).toBeUndefined();
});
