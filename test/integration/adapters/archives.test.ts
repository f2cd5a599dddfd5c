import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Bucket } from '#adapters/s3/bucket.ts';
import { archiveChunks } from '#adapters/s3/s3-chunks.ts';
import { S3Objects } from '#adapters/s3/s3-objects.ts';
import { S3Archives } from '#adapters/tar/s3-archives.ts';
import { openArchive } from '#cli/archives/open-archive.ts';
import { putContent } from '#cli/put-content.ts';
import { chunksOf } from '#cli/source/chunks.ts';
import { ChunkPacker, type PackedChunk } from '#cli/source/pack-chunk.ts';
import { importListKey } from '#core/archives/archive-key.ts';
import { archiveLayout } from '#core/archives/archive-layout.ts';
import { gatherImages } from '#core/archives/gather-images.ts';
import type { ArchiveFile } from '#core/archives/ports.ts';
import { writeSourceList } from '#core/objects/source-list.ts';
import { archivesBehaveLike } from '#test/ports/archives.ts';
import { freshName } from '#test/samples.ts';
import { createBucket } from '../aws.ts';

let bucket: Bucket;
const folder = mkdtempSync(join(tmpdir(), 'rackless-archives-'));

beforeAll(async () => {
  bucket = await createBucket();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

archivesBehaveLike('S3Archives', () => new S3Archives(bucket));

const digestOf = (content: Buffer): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** Files as an export writes them: an image with one layer that needs several parts in the bucket. */
const exportedFiles = async () => {
  const layer = randomBytes(20_000_000);
  const packed = gzipSync(layer, { level: 1 });
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
    })
  );
  const type = 'application/vnd.oci.image';
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${type}.manifest.v1+json`,
      config: {
        mediaType: `${type}.config.v1+json`,
        digest: digestOf(config),
        size: config.length,
      },
      layers: [
        { mediaType: `${type}.layer.v1.tar+gzip`, digest: digestOf(packed), size: packed.length },
      ],
    })
  );
  const stored = { mediaType: `${type}.manifest.v1+json`, content: manifest };
  const graph = await gatherImages(async () => stored, [digestOf(manifest)]);
  const record = {
    id: 'BAAAAAAAAAA',
    app: 'shop',
    rack: 'atom',
    description: '',
    gitSha: '',
    gitDirty: undefined,
    manifest: 'services: {web: {build: .}}',
    provenance: undefined,
    services: [{ name: 'web', digest: digestOf(manifest) }],
  };
  const blobs = new Map([config, packed].map((it) => [digestOf(it), it]));
  return { files: archiveLayout(record, graph), blobs, digest: digestOf(manifest) };
};

async function* contentsOf({
  files,
  blobs,
}: Awaited<ReturnType<typeof exportedFiles>>): AsyncGenerator<ArchiveFile> {
  for (const { path, size, content } of files) {
    const whole = content instanceof Uint8Array ? content : blobs.get(content.digest);
    yield {
      path,
      size,
      content: (async function* () {
        yield whole ?? Buffer.alloc(0);
      })(),
    };
  }
}

test('tar and skopeo read what is written, and it is the same each time', async () => {
  const exported = await exportedFiles();
  const archives = new S3Archives(bucket);
  const fetched: Buffer[] = [];
  for (const name of ['one', 'two']) {
    await archives.write('shop', `exports/${name}.tgz`, contentsOf(exported));
    const Key = `transfers/shop/exports/${name}.tgz`;
    const { Body } = await bucket.client.send(new GetObjectCommand({ Bucket: bucket.name, Key }));
    fetched.push(Buffer.from((await Body?.transformToByteArray()) ?? []));
  }
  const file = join(folder, 'build.tgz');
  writeFileSync(file, fetched[0] ?? '');

  expect(fetched[0]?.equals(fetched[1] ?? Buffer.alloc(0))).toBe(true);
  expect(execFileSync('tar', ['-tzf', file], { encoding: 'utf8' }).split('\n').slice(0, 3)).toEqual(
    ['build.json', 'oci-layout', 'index.json']
  );
  const inspected = execFileSync(
    'skopeo',
    ['inspect', '--raw', `oci-archive:${file}:web.BAAAAAAAAAA`],
    { encoding: 'utf8' }
  );
  expect(digestOf(Buffer.from(inspected))).toBe(exported.digest);
  execFileSync('skopeo', [
    '--insecure-policy',
    'copy',
    '-q',
    `oci-archive:${file}:web.BAAAAAAAAAA`,
    `dir:${join(folder, 'copied')}`,
  ]);
});

test('leaves no part of an upload behind that has failed', async () => {
  const failing = async function* (): AsyncGenerator<ArchiveFile> {
    const content = (async function* () {
      yield Buffer.alloc(18_000_000, 'x');
      throw new Error('gone');
    })();
    yield { path: 'a', size: 20_000_000, content };
  };

  await expect(new S3Archives(bucket).write('shop', 'exports/x.tgz', failing())).rejects.toThrow(
    'gone'
  );

  const { Uploads = [] } = await bucket.client.send(
    new ListMultipartUploadsCommand({ Bucket: bucket.name })
  );
  expect(Uploads).toEqual([]);
});

/** Sends a file as the client does; gives the key of its list, and its chunks. */
const sendInPieces = async (app: string, file: string) => {
  const archive = await openArchive({ cwd: folder, input: process.stdin as never }, file);
  const store = archiveChunks(bucket);
  const chunks = await chunksOf(archive);
  const packer = new ChunkPacker(archive);
  for (const chunk of chunks) {
    const [{ content, packed }] = (await packer.pack([chunk])) as [PackedChunk];
    const address = await store.uploadAddress(app, chunk.sha256, packed);
    await putContent({ ...address, content, onSent: () => undefined }, AbortSignal.timeout(60_000));
  }
  archive.close();
  const list = writeSourceList(chunks);
  const key = importListKey(list.sha256);
  await new S3Objects(bucket, 'transfers').write(app, key, Buffer.from(list.text));
  return { key, chunks };
};

const pathsIn = async (app: string, key: string): Promise<readonly string[]> => {
  const paths: string[] = [];
  for await (const { path, size, content } of new S3Archives(bucket).read(app, key)) {
    let read = 0;
    for await (const part of content) read += part.length;
    paths.push(`${path}: ${read === size}`);
  }
  return paths;
};

test('an archive that came in pieces is read as the one that it was', async () => {
  const [exported, app] = [await exportedFiles(), freshName()];
  const archives = new S3Archives(bucket);
  await archives.write(app, 'exports/B1.tgz', contentsOf(exported));
  const Key = `transfers/${app}/exports/B1.tgz`;
  const { Body } = await bucket.client.send(new GetObjectCommand({ Bucket: bucket.name, Key }));
  writeFileSync(join(folder, 'sent.tgz'), (await Body?.transformToByteArray()) ?? '');

  const { key, chunks } = await sendInPieces(app, 'sent.tgz');

  expect(chunks.length).toBeGreaterThan(3);
  expect(await pathsIn(app, key)).toEqual(exported.files.map(({ path }) => `${path}: true`));

  const lost = `transfers/${app}/imports/chunks/${chunks[2]?.sha256}`;
  await bucket.client.send(
    new PutObjectCommand({ Bucket: bucket.name, Key: lost, Body: gzipSync('another') })
  );
  await expect(pathsIn(app, key)).rejects.toThrow(
    `a part of the archive is not what its name says: ${chunks[2]?.sha256}`
  );
  await bucket.client.send(new DeleteObjectCommand({ Bucket: bucket.name, Key: lost }));
  await expect(pathsIn(app, key)).rejects.toThrow(
    `a part of the archive has expired: ${chunks[2]?.sha256}`
  );
});

const keep = (name: string, Body: Buffer) =>
  bucket.client.send(
    new PutObjectCommand({ Bucket: bucket.name, Key: `transfers/shop/imports/${name}`, Body })
  );

test.each([
  ['no gzip', Buffer.from('hello'), 'the archive is not compressed with gzip'],
  ['nothing', Buffer.alloc(0), /^the archive is/],
  ['no tar', gzipSync('hello '.repeat(500)), /^the archive is broken: /],
  ['a part of a gzip', gzipSync(Buffer.alloc(100_000, 'ab')).subarray(0, 90), /^the archive is/],
])('%s is refused', async (name, content, message) => {
  await keep(name, content);
  const read = async () => {
    for await (const _ of new S3Archives(bucket).read('shop', `imports/${name}`));
  };

  await expect(read()).rejects.toMatchObject({ name: 'InvalidRequestError' });
  await expect(read()).rejects.toThrow(message);
});
