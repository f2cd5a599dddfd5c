import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  GetObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Bucket } from '#adapters/s3/bucket.ts';
import { S3Archives } from '#adapters/tar/s3-archives.ts';
import { archiveLayout } from '#core/archives/archive-layout.ts';
import { gatherImages } from '#core/archives/gather-images.ts';
import type { ArchiveFile } from '#core/archives/ports.ts';
import { archivesBehaveLike } from '#test/ports/archives.ts';
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
  const layer = Buffer.alloc(20_000_000);
  for (let at = 0; at < layer.length; at += 512) layer.writeUInt32LE(at, at);
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
