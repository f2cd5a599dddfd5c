import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { beforeAll, expect, test } from '@jest/globals';
import type { Bucket } from '#adapters/s3/bucket.ts';
import { S3Documents } from '#adapters/s3/s3-documents.ts';
import { S3Objects } from '#adapters/s3/s3-objects.ts';
import { documentsBehaveLike, objectsBehaveLike } from '#test/ports/objects.ts';
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
