import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { eventually } from '../conformance/conformance-bed.ts';
import type { ClientPod } from './client-pod.ts';
import { registry } from './shop.ts';
import { ShopStory } from './shop-story.ts';

jest.setTimeout(200_000);

interface Evidence {
  readonly reason: string;
}

let story: ShopStory;
let client: ClientPod;
/** The release that has to come back, whatever is tried. */
let good = '';

beforeAll(async () => {
  story = await ShopStory.begin('rollout');
});

afterAll(() => story.end());

/** Promotes something that must not stay, while the client goes on asking. */
const rolledBack = async (attempt: () => ReturnType<typeof story.tell>): Promise<string> => {
  const { code, stderr } = await attempt();
  expect(stderr).toContain(`Rolled back: ${good} is active again\n`);
  expect(stderr).toMatch(/ERROR: rollback\n$/);
  expect(code).toBe(1);
  expect(await story.activeRelease()).toBe(good);
  expect(Object.keys(await client.answers())).toEqual([good]);
  return stderr;
};

test('a good release is promoted and answers through its ClusterIP', async () => {
  const { code, stdout, stderr } = await story.deploy();

  expect(stderr).toBe('');
  expect(stdout).toMatch(/system\/k8s\/atom\/app Status: Updating => Running\nOK\n$/);
  expect(code).toBe(0);
  good = await story.activeRelease();
  client = await story.client();
  expect(Object.keys(await client.answers())).toEqual([good]);
});

test('a change of the environment that crashes is rolled back, and no request fails', async () => {
  const text = await rolledBack(() => story.tell('env set FAIL=crash --promote'));

  expect(text).toMatch(
    /service web: process web-\S+ exited 2 times, last with code 3 \(CrashLoop\)/
  );
});

test('the evidence holds what the crashed processes said', async () => {
  const release = await story.latestRelease();

  const { stdout } = await story.tell(`releases evidence ${release}`);

  expect(stdout).toContain('CrashLoop');
  expect(stdout).toContain('shop: no database');
  expect(await story.ask<Evidence>(`releases evidence ${release}`)).toMatchObject({
    reason: 'CrashLoop',
  });
});

test('a process that uses more memory than it may is rolled back with that reason', async () => {
  const text = await rolledBack(() => story.tell('env set FAIL=memory --promote'));

  expect(text).toContain('killed for using more memory than scale.memory (OOMKilled)');
});

test('an image that does not exist is rolled back with its name', async () => {
  await story.tell('env unset FAIL');
  story.source.write({ image: `${registry()}/stories/shop:missing` });

  const text = await rolledBack(() => story.deploy());

  expect(text).toContain('stories/shop:missing');
  expect(text).toContain('(ImageNotFound)');
});

test('a command that does not exist is rolled back with its name', async () => {
  story.source.write({ command: 'no-such-program' });

  const text = await rolledBack(() => story.deploy());

  expect(text).toContain('no-such-program');
  expect(text).toContain('(BadCommand)');
});

test('a release that answers only after a while is promoted, and no request fails', async () => {
  story.source.write({});
  await story.tell('env set FAIL=slow');

  const { code, stderr } = await story.deploy();

  expect(stderr).toBe('');
  expect(code).toBe(0);
  const slow = await story.activeRelease();
  expect(slow).not.toBe(good);
  const answers = await eventually(
    () => client.answers(),
    (it) => slow in it
  );
  expect(Object.keys(answers)).toEqual([good, slow]);
  good = slow;
});

test('processes and logs are those of the pods', async () => {
  // Those of the release before are still draining.
  const processes = await eventually(
    () => story.processes(),
    ({ length }) => length === 2
  );

  expect(processes.map(({ service, status, release }) => [service, status, release])).toEqual([
    ['web', 'running', good],
    ['web', 'running', good],
  ]);
  const { stdout } = await story.tell('logs --no-follow --since 10m');
  for (const { id } of processes) {
    expect(stdout).toContain(`service/web/${id} shop ${good}: starting`);
  }
});

const runningIds = async (): Promise<readonly string[]> =>
  (await story.processes()).filter((it) => it.status === 'running').map((it) => it.id);

test('scale starts a process, and the next promotion keeps the number', async () => {
  expect(await story.tell('scale web --count 3')).toMatchObject({ code: 0, stderr: '' });
  await eventually(runningIds, (ids) => ids.length === 3);

  expect(await story.tell('env unset FAIL --promote')).toMatchObject({ code: 0, stderr: '' });

  good = await story.activeRelease();
  expect((await story.processes()).filter((it) => it.release === good)).toHaveLength(3);
});

test('restart replaces every process of the release', async () => {
  const before = await runningIds();

  expect(await story.tell('restart')).toMatchObject({ code: 0, stderr: '' });

  await eventually(
    runningIds,
    (ids) => ids.length === 3 && ids.every((it) => !before.includes(it))
  );
  expect(await story.activeRelease()).toBe(good);
  expect(await client.answers()).not.toHaveProperty('failed');
});

test('the app is deleted with its namespace', async () => {
  expect(await story.tell('apps delete', { flag: '' })).toMatchObject({ code: 0 });

  await eventually(
    () => story.objects('pods'),
    (pods) => pods.length === 0
  );
});
