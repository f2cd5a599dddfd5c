import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { addressOf, get, helloSource, keepAsking, query, rackless, stream } from './rack.ts';

jest.setTimeout(180_000);

interface Named {
  readonly name: string;
  readonly status: string;
  readonly release: string;
}

const app = 'story';
const source = helloSource();
let first = '';

const activeRelease = async (): Promise<string> => (await query<Named>(`apps info ${app}`)).release;

beforeAll(async () => {
  await rackless(`apps delete ${app}`);
});

afterAll(async () => {
  source.remove();
  await rackless(`apps delete ${app}`);
});

test('an app is created, and not twice', async () => {
  expect(await rackless(`apps create ${app}`)).toMatchObject({
    code: 0,
    stderr: '',
    stdout: `Creating ${app}... OK\n`,
  });

  const again = await rackless(`apps create ${app}`);
  expect(again.code).toBe(1);
  expect(again.stderr).toContain(`ERROR: app already exists: ${app}`);
});

test('a deploy builds, promotes and answers with its release', async () => {
  const deploy = await rackless(`deploy ${source.path} -a ${app}`);

  expect(deploy.stderr).toBe('');
  expect(deploy.stdout).toMatch(
    /^Packaging source... OK\nUploading source... OK, [\d.]+ kB \(1 of 1 chunks\)\nStarting build... OK\n/
  );
  expect(deploy.stdout).toMatch(/system\/k8s\/atom\/app Status: Updating => Running\nOK\n$/);
  expect(deploy.code).toBe(0);
  first = await activeRelease();
  const { status, body } = await get(await addressOf(app, 'web'));
  expect(status).toBe(200);
  expect(body).toContain(first);
});

test('an unchanged source is not uploaded again', async () => {
  const build = await rackless(`build ${source.path} -a ${app}`);

  expect(build.stdout).toContain('Uploading source... OK, unchanged\n');
  expect(build.stdout).toMatch(/Build: {3}B[A-Z]{10}\nRelease: R[A-Z]{10}\n$/);
});

test('a release that crashes is rolled back while the old one answers every request', async () => {
  const asking = keepAsking(await addressOf(app, 'web'));

  const broken = await rackless(`env set FAIL=crash --promote -a ${app}`);

  const counts = await asking.stop();
  expect(broken.code).toBe(1);
  expect(broken.stderr).toMatch(/exited 2 times, last with code 1 \(CrashLoop\)\n/);
  expect(broken.stderr).toContain(`Rolled back: ${first} is active again\n`);
  expect(broken.stderr).toMatch(/ERROR: rollback\n$/);
  expect(Object.keys(counts)).toEqual(['200']);
  expect(await activeRelease()).toBe(first);
});

test('the evidence of the failure outlives its processes', async () => {
  const [latest] = await query<{ id: string }[]>(`releases -a ${app}`);

  const evidence = await rackless(`releases evidence ${latest?.id} -a ${app}`);

  expect(evidence.code).toBe(0);
  expect(evidence.stdout).toContain('CrashLoop');
  expect(evidence.stdout).toMatch(/process: {2}web-|web-[a-z0-9]+-[a-z0-9]+/);
});

test('attach tells the story of a promotion that has ended, from any line on', async () => {
  const [latest] = await query<{ id: string }[]>(`releases -a ${app}`);

  const { code, lines } = await stream(`releases attach ${latest?.id} -a ${app} --after 2`);

  const events = lines.filter((it) => it['type'] === 'event');
  expect(events[0]).toMatchObject({ sequence: 3 });
  expect(code).toBe(1);
});

test('a worker that keeps exiting is caught although it has no port', async () => {
  await rackless(`env unset FAIL -a ${app}`);
  const broken = await rackless(`env set FAIL=worker --promote -a ${app}`);

  expect(broken.code).toBe(1);
  expect(broken.stderr).toContain('service worker: process worker-');
  expect(await activeRelease()).toBe(first);
});

test('a Dockerfile whose command does not exist is rolled back with the reason', async () => {
  await rackless(`env unset FAIL -a ${app}`);
  writeFileSync(
    join(source.path, 'Dockerfile'),
    'FROM node:24-alpine\nWORKDIR /app\nCOPY . .\nCMD ["no-such-program"]\n'
  );

  const broken = await rackless(`deploy ${source.path} -a ${app}`);

  expect(broken.code).toBe(1);
  expect(broken.stderr).toContain('no-such-program');
  expect(await activeRelease()).toBe(first);
});

test('a build that cannot be honoured fails and makes no release', async () => {
  const before = await query<{ id: string }[]>(`releases -a ${app}`);
  writeFileSync(join(source.path, 'convox.yml'), 'services:\n  web:\n    prot: 3000\n');

  const build = await rackless(`build ${source.path} -a ${app}`);

  expect(build.code).toBe(1);
  expect(`${build.stdout}${build.stderr}`).toContain('port');
  expect(build.stderr).toContain('ERROR: build failed');
  expect(await query<{ id: string }[]>(`releases -a ${app}`)).toEqual(before);
});

test('going back to an old release makes a new one and promotes it', async () => {
  const back = await rackless(`releases rollback ${first} -a ${app}`);

  expect(back.code).toBe(0);
  expect(back.stdout).toMatch(new RegExp(`^Rolling back to ${first}... OK, R[A-Z]{10}\n`));
  expect(await activeRelease()).not.toBe(first);
});

test('processes, services and logs show what runs', async () => {
  const processes = await query<{ service: string; status: string }[]>(`ps -a ${app}`);

  expect(processes.map((it) => `${it.service} ${it.status}`)).toEqual(
    expect.arrayContaining(['web running', 'worker running'])
  );
  expect(processes).toHaveLength(3);
  const logs = await rackless(`logs -a ${app} --no-follow --since 10m --service worker`);
  expect(logs.stdout).toMatch(/service\/worker\/worker-\S+ worker R[A-Z]{10}/);
});

test('scale changes the number of processes, and a promotion keeps it', async () => {
  expect(await rackless(`scale web --count 3 -a ${app}`)).toMatchObject({ code: 0 });
  expect(await rackless(`env set GREETING=hi --promote -a ${app}`)).toMatchObject({ code: 0 });

  const processes = await query<{ service: string }[]>(`ps -a ${app} --service web`);
  expect(processes).toHaveLength(3);
});

test('a build that is there goes out again, with the environment of today', async () => {
  const { build: running } = await query<{ build: string }>(`releases info ${first} -a ${app}`);
  const builds = await query<{ id: string; status: string }[]>(`builds -a ${app}`);
  const build = builds.findLast(({ id, status }) => status === 'complete' && id !== running)?.id;

  const again = await rackless(`deploy --build ${build} -a ${app}`);

  const [, release] = /^Creating release... OK, (R[A-Z]{10})\nPromoting/.exec(again.stdout) ?? [];
  expect([again.code, await activeRelease()]).toEqual([0, release]);
  expect(await query<object>(`releases info ${release} -a ${app}`)).toMatchObject({
    build,
    env: expect.stringContaining('GREETING=hi'),
  });
  const once = await rackless(`deploy --build ${build} -a ${app}`);
  expect([once.code, once.stdout]).toEqual([
    0,
    expect.stringContaining(`Using release ${release}`),
  ]);
  expect(await rackless(`deploy --build BZZZZZZZZZZ -a ${app}`)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('ERROR: build not found: BZZZZZZZZZZ\n'),
  });
});

test('the app is deleted with all that runs', async () => {
  expect(await rackless(`apps delete ${app}`)).toMatchObject({
    code: 0,
    stdout: `Deleting ${app}... OK\n`,
  });

  expect((await rackless(`apps info ${app}`)).stderr).toContain(`ERROR: app not found: ${app}`);
});
