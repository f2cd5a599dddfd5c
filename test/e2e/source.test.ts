import { createCipheriv } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { clientSettings } from '#infra/local/aws/access.ts';
import { addressOf, get, helloSource, rackless } from './rack.ts';

jest.setTimeout(180_000);

const app = 'source';
const source = helloSource();

/** Content that nothing compresses, the same on every run. */
const noise = (bytes: number): Buffer =>
  createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(bytes));

beforeAll(async () => {
  await rackless(`apps delete ${app}`);
  await rackless(`apps create ${app}`);
  writeFileSync(join(source.path, 'data.bin'), noise(20_000_000));
});

afterAll(async () => {
  source.remove();
  await rackless(`apps delete ${app}`);
});

const uploadOf = (stdout: string): string => /Uploading source\.\.\. (.*)/.exec(stdout)?.[1] ?? '';

test('a source of several chunks is sent, built from and deployed', async () => {
  const { code, stdout, stderr } = await rackless(`deploy ${source.path} -a ${app}`);

  expect([code, stderr]).toEqual([0, '']);
  expect(uploadOf(stdout)).toMatch(/^OK, 20\.\d MB \((\d) of \1 chunks\)$/);
  expect(await get(await addressOf(app, 'web'))).toMatchObject({ status: 200 });
});

test('only what has changed is sent again, and the build has all of it', async () => {
  appendFileSync(join(source.path, 'web.js'), '// changed\n');

  const { code, stdout } = await rackless(`build ${source.path} -a ${app}`);

  expect(code).toBe(0);
  expect(uploadOf(stdout)).toMatch(/^OK, [\d.]+ [kM]B \([12] of [12] chunks, \d were there\)$/);
});

const endpoint = process.env['E2E_AWS_ENDPOINT'];
const testInStore = endpoint ? test : test.skip;

/** Puts something else in the place of the chunk that came last, which is not the source's first one. */
const spoilLastChunk = async (): Promise<string> => {
  const client = new S3Client(clientSettings(Number(new URL(endpoint ?? '').port)));
  const { Buckets = [] } = await client.send(new ListBucketsCommand());
  const lists = Buckets.map(async ({ Name: Bucket = '' }) => {
    const listing = new ListObjectsV2Command({ Bucket, Prefix: `chunks/${app}/` });
    const { Contents = [] } = await client.send(listing);
    return Contents.map(({ Key = '', LastModified }) => ({
      Bucket,
      Key,
      at: Number(LastModified),
    }));
  });
  const [last] = (await Promise.all(lists)).flat().sort((a, b) => b.at - a.at);
  if (!last) throw new Error(`app ${app} has no chunk`);
  const { Bucket, Key } = last;
  await client.send(new PutObjectCommand({ Bucket, Key, Body: gzipSync('something else') }));
  return Key.replace(/.*\//, '');
};

testInStore('a chunk that is not what it was fails the build, which names it', async () => {
  const id = await spoilLastChunk();

  const { code, stdout, stderr } = await rackless(`build ${source.path} -a ${app}`);

  expect(code).toBe(1);
  expect(stdout + stderr).toMatch(
    new RegExp(
      `the source could not be fetched: part \\d of \\d is not what was sent, .*\\(${id}\\)`
    )
  );
  expect(stdout + stderr).not.toMatch(/X-Amz|Signature/i);
});
