import { spawnSync } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import { appendFileSync, chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  GetObjectCommand,
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

const store = () => new S3Client(clientSettings(Number(new URL(endpoint ?? '').port)));

/** The keys of the app's chunks, in the order in which they came. */
const storedChunks = async () => {
  const client = store();
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
  return (await Promise.all(lists)).flat().sort((a, b) => a.at - b.at);
};

const contentOf = async (object: { readonly Bucket: string; readonly Key: string }) => {
  const { Body } = await store().send(new GetObjectCommand(object));
  return gunzipSync((await Body?.transformToByteArray()) ?? Buffer.alloc(0));
};

/** Puts something else in the place of a chunk; gives its hash. */
const spoil = async ({ Bucket, Key }: { Bucket: string; Key: string }, Body: Buffer) => {
  await store().send(new PutObjectCommand({ Bucket, Key, Body }));
  return Key.replace(/.*\//, '');
};

const first = async () => {
  for (const chunk of (await storedChunks()).toReversed()) {
    const name = (await contentOf(chunk)).toString('latin1', 0, 100).replace(/\0.*/s, '');
    if (name === '.dockerignore' || name === 'Dockerfile' || name === 'convox.yml') return chunk;
  }
  throw new Error(`app ${app} has no first chunk`);
};

const last = async () => {
  const chunk = (await storedChunks()).at(-1);
  if (!chunk) throw new Error(`app ${app} has no chunk`);
  return chunk;
};

testInStore.each([
  [
    'that is another fails the build, which names it',
    { chunk: last, stored: gzipSync('something else') },
    (id: string) =>
      `the source could not be fetched: part \\d of \\d is not what was sent, .*\\(${id}\\)`,
  ],
  [
    'that was cut off, and holds the manifest, fails the build before anything runs',
    { chunk: first, stored: gzipSync('services').subarray(0, 12) },
    (id: string) => `a part of the source is not what its name says: ${id}`,
  ],
])(
  'a chunk %s; the next build sends it again and succeeds',
  async (_what, { chunk, stored }, reason) => {
    const id = await spoil(await chunk(), stored);

    const failed = await rackless(`build ${source.path} -a ${app}`);
    const next = await rackless(`build ${source.path} -a ${app}`);

    const said = failed.stdout + failed.stderr;
    expect([failed.code, next.code]).toEqual([1, 0]);
    expect(said).toMatch(new RegExp(`${reason(id)}: build again, which sends it anew`));
    expect(said).not.toMatch(/X-Amz|Signature/i);
    expect(uploadOf(next.stdout)).toMatch(/\(1 of 1 chunks, \d were there\)$/);
  }
);

/** Answers with what is in `odd`, as it was unpacked, built and started: modes, contents and targets by path. */
const teller = `
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:http';

const tree = (folder) =>
  readdirSync(folder).flatMap((name) => {
    const path = \`\${folder}/\${name}\`;
    const stats = lstatSync(path);
    if (stats.isSymbolicLink()) return [[path, readlinkSync(path)]];
    if (stats.isDirectory()) return [[path, 'folder'], ...tree(path)];
    return [[path, (stats.mode & 0o777).toString(8), readFileSync(path, 'latin1')]];
  });

export const told = () => JSON.stringify(tree('odd').sort(([a], [b]) => (a < b ? -1 : 1)));
if (process.env.PORT) createServer((_, response) => response.end(told())).listen(process.env.PORT);
`;

const oddFiles = {
  'line\nbreak': '1',
  'tab\tand \u0007': '2',
  '-rf': '3',
  'a\\b "$(name)"': '4',
  'umläut 😀': '5',
  [`${'n'.repeat(255)}`]: '6',
  [`${'folder-of-some-length/'.repeat(20)}over-255`]: '7',
  'private/key': '8',
};

test('odd names, modes and links are in the image as they are in the folder', async () => {
  const odd = join(source.path, 'odd');
  for (const [path, text] of Object.entries(oddFiles)) {
    mkdirSync(dirname(join(odd, path)), { recursive: true });
    writeFileSync(join(odd, path), text);
  }
  mkdirSync(join(odd, 'empty'));
  chmodSync(join(odd, 'private/key'), 0o600);
  chmodSync(join(odd, '-rf'), 0o755);
  symlinkSync('nowhere', join(odd, 'dangling'));
  symlinkSync('line\nbreak', join(odd, 'link'));
  spawnSync('sh', ['-c', 'mkfifo "$0"', join(odd, 'pipe')]);
  writeFileSync(join(source.path, 'odd.mjs'), teller);
  const manifest = 'services:\n  web:\n    build: .\n    command: node odd.mjs\n    port: 3000\n';
  writeFileSync(join(source.path, 'odd.yml'), manifest);

  const { code, stderr } = await rackless(`deploy ${source.path} -a ${app} --manifest odd.yml`);

  expect([code, stderr]).toEqual([0, 'Skipped odd/pipe: not a file, folder or link\n']);
  rmSync(join(odd, 'pipe'));
  const script = "import('./odd.mjs').then((it) => process.stdout.write(it.told()))";
  const { stdout } = spawnSync(process.execPath, ['-e', script], {
    cwd: source.path,
    encoding: 'utf8',
  });
  const { body } = await get(await addressOf(app, 'web'));
  expect(JSON.parse(body)).toEqual(JSON.parse(stdout));
  expect(JSON.parse(stdout).length).toBeGreaterThan(30);
});
