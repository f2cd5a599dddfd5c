import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from '@jest/globals';
import type { Bucket } from '#adapters/s3/bucket.ts';
import { S3Documents } from '#adapters/s3/s3-documents.ts';
import { S3Objects } from '#adapters/s3/s3-objects.ts';
import { S3StoredDocuments } from '#adapters/s3/s3-stored-documents.ts';
import { documentsBehaveLike, objectsBehaveLike } from '#test/ports/objects.ts';
import { freshName } from '#test/samples.ts';
import { createBucket } from '../aws.ts';

let bucket: Bucket;

beforeAll(async () => {
  bucket = await createBucket();
});

objectsBehaveLike('S3Objects', () => new S3Objects(bucket));
documentsBehaveLike('S3Documents', () => new S3Documents(bucket));

const content = Buffer.from('the source of an app');
const sha256 = createHash('sha256').update(content).digest('hex');
const key = `sources/${sha256}.tgz`;
const uploadAddress = () =>
  new S3Objects(bucket).uploadAddress('shop', key, { sha256, size: content.length });

/** Sends exactly these headers, which fetch would not. */
const put = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer
): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method: 'PUT', headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end(body);
  });

test('takes exactly the content that an upload was signed for', async () => {
  const { url, headers } = await uploadAddress();

  expect(await put(url, headers, content)).toBe(200);

  const objects = new S3Objects(bucket);
  expect(await objects.readText('shop', key)).toBe(content.toString());
  const kept = await fetch(await objects.downloadAddress('shop', key));
  expect(await kept.text()).toBe(content.toString());
});

test('signs the size and the checksum as headers, not as a query that S3 would pass over', async () => {
  const { url } = await uploadAddress();
  const { searchParams } = new URL(url);

  expect(searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;host;x-amz-checksum-sha256');
  expect([...searchParams.keys()].filter((it) => /checksum/i.test(it))).toEqual([]);
  expect(searchParams.get('X-Amz-Expires')).toBe('900');
});

test('refuses other content of the same size', async () => {
  const { url, headers } = await uploadAddress();
  const other = Buffer.from('THE SOURCE OF AN APP');

  expect(await put(url, headers, other)).toBe(400);
});

test('refuses an upload without its checksum header', async () => {
  const { url, headers } = await uploadAddress();
  const { 'x-amz-checksum-sha256': _checksum, ...rest } = headers;

  expect(await put(url, rest, content)).toBe(403);
});

test('refuses an upload whose headers were changed to fit other content', async () => {
  const { url } = await uploadAddress();
  const other = Buffer.from('something else');

  const status = await put(
    url,
    {
      'x-amz-checksum-sha256': createHash('sha256').update(other).digest('base64'),
      'content-length': String(other.length),
    },
    other
  );

  expect(status).toBe(403);
});

test('refuses an address under another key', async () => {
  const { url, headers } = await uploadAddress();

  expect(await put(url.replace('/shop/', '/shoq/'), headers, content)).toBe(403);
});

test('lists what stands under an app, removes some of it, and then all with its chunks', async () => {
  const [app, other] = [freshName(), freshName()];
  const objects = new S3Objects(bucket);
  const stored = new S3StoredDocuments(bucket);
  const keys = ['builds/B1/log', 'sources/a b+c', 'objects/x/y'];
  for (const it of keys) await objects.write(app, it, content);
  await objects.write(`${app}-x`, 'builds/B1/log', content);
  await objects.write(other, 'builds/B1/log', content);
  const chunk = { Bucket: bucket.name, Key: `chunks/${app}/${sha256}`, Body: content };
  await bucket.client.send(new PutObjectCommand(chunk));

  const listed = await stored.list(app);
  await stored.remove(app, ['builds/B1/log', 'sources/a b+c', 'not/there']);

  expect(new Set(listed.map((it) => it.key))).toEqual(new Set(keys));
  expect(listed.every((it) => Math.abs(it.written - Date.now()) < 60_000)).toBe(true);
  expect((await stored.list(app)).map((it) => it.key)).toEqual(['objects/x/y']);
  await stored.removeAll(app);
  await stored.removeAll(app);
  const left = await bucket.client.send(new ListObjectsV2Command({ Bucket: bucket.name }));
  const names = (left.Contents ?? []).map((it) => it.Key ?? '');
  expect(names.filter((it) => it.includes(`${app}/`))).toEqual([]);
  expect(names.filter((it) => it.includes(`${app}-x/`) || it.includes(other))).toHaveLength(2);
});

test('removes more than one request may name', async () => {
  const app = freshName();
  const objects = new S3Objects(bucket);
  const stored = new S3StoredDocuments(bucket);
  const keys = Array.from({ length: 1005 }, (_, at) => `builds/B${at}/log`);
  for (let from = 0; from < keys.length; from += 50) {
    await Promise.all(keys.slice(from, from + 50).map((it) => objects.write(app, it, content)));
  }

  expect(await stored.list(app)).toHaveLength(1005);
  await stored.remove(app, keys);

  expect(await stored.list(app)).toEqual([]);
}, 60_000);
