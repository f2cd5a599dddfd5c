import { setTimeout as pause } from 'node:timers/promises';
import { GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { getApp } from '#contracts/apps.ts';
import { listPromotionEvents } from '#contracts/promotions.ts';
import { clientSettings } from '#infra/local/aws/access.ts';
import { stage } from '#infra/local/aws/stack.ts';
import { query, type Result } from '../../e2e/rack.ts';
import { eventually } from '../conformance/conformance-bed.ts';
import { Link } from '../link.ts';
import type { ClientPod } from './client-pod.ts';
import { rackApi } from './rack-api.ts';
import { changedKubeconfig, emulatorPort, useKubeconfig } from './rack-kubeconfig.ts';
import { ShopStory } from './shop-story.ts';

/** How much longer the API server stays away once the promotion waits; a night has 600. */
const outage = Number(process.env['OUTAGE_SECONDS'] ?? 10);

jest.setTimeout((240 + 2 * outage) * 1000);

let story: ShopStory;
let link: Link;
let client: ClientPod;
/** The release that answers. */
let good = '';

beforeAll(async () => {
  story = await ShopStory.begin('outage');
  const own = story.bed.config;
  const server = own.getCurrentCluster()?.server ?? '';
  link = await Link.to(server);
  const through = new URL(server);
  through.hostname = '127.0.0.1';
  through.port = `${link.port}`;
  await useKubeconfig(changedKubeconfig(own, { server: through.origin }));
  const { stderr } = await story.deploy();
  expect(stderr).toBe('');
  good = await story.activeRelease();
  client = await story.client();
});

afterEach(() => link?.restore());

afterAll(async () => {
  await story.end();
  await useKubeconfig(story.bed.config.exportConfig());
  await link.close();
});

interface Rollout {
  readonly release: string;
  readonly promotion: string;
  /** The client that follows it. */
  readonly end: Promise<Result>;
}

/** A promotion whose first new process is there. */
const begin = async (how: string): Promise<Rollout> => {
  const before = new Set(await story.objects('pods'));
  await story.tell(how ? `env set FAIL=${how}` : 'env unset FAIL');
  const release = await story.latestRelease();
  const end = story.tell(`releases promote ${release}`, { seconds: 200 + 2 * outage });
  await eventually(
    () => story.objects('pods'),
    (pods) => pods.some((it) => !before.has(it))
  );
  const { promotion = '' } = await rackApi()(getApp, { name: story.app });
  return { release, promotion, end };
};

const isWaiting = (): Promise<unknown> =>
  eventually(
    () => query<{ status: string }>(`apps info ${story.app}`),
    ({ status }) => status === 'waiting'
  );

const storyOf = async ({ promotion: id }: Rollout): Promise<readonly string[]> => {
  const { events } = await rackApi()(listPromotionEvents, {
    app: story.app,
    id,
    after: 0,
    wait: 0,
  });
  expect(events.map((it) => it.sequence)).toEqual(events.map((_, at) => at + 1));
  return events.map((it) => it.text);
};

/** The states that its execution has entered. */
const path = async ({ promotion }: Rollout): Promise<readonly string[]> => {
  const sfn = new SFNClient(clientSettings(emulatorPort()));
  const name = `${story.app}-${promotion}-1`;
  const executionArn = `arn:aws:states:us-east-1:000000000000:execution:rackless-${stage}-promote:${name}`;
  const { events = [] } = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 })
  );
  sfn.destroy();
  return events.flatMap((it) => it.stateEnteredEventDetails?.name ?? []);
};

/** From the first wait on: each function has been called after a wait of its own. */
const expectNoneHeld = (states: readonly string[]): void => {
  const tries = states.slice(states.indexOf('WaitForCluster')).filter((it) => it !== 'Resume');
  const calls = tries.filter((it) => /^(Watch|Rollback|WatchRollback|RecordEvidence)$/.test(it));
  const waits = tries.filter((it) => it === 'WaitForCluster');
  expect(waits.length).toBeGreaterThan(1);
  expect(calls.length).toBeLessThanOrEqual(waits.length);
};

const expectAnswersOf = async (...releases: readonly string[]): Promise<void> => {
  const answers = await eventually(
    () => client.answers(),
    (it) => releases.every((release) => release in it)
  );
  expect(answers).not.toHaveProperty('failed');
};

test('connections that are cut again and again change nothing but time', async () => {
  const rollout = await begin('slow');
  for (let times = 0; times < 8; times++) {
    link.cut();
    await pause(500);
  }

  const { code, stderr } = await rollout.end;

  expect([code, stderr]).toEqual([0, '']);
  expect(await story.activeRelease()).toBe(rollout.release);
  await storyOf(rollout);
  good = rollout.release;
  await expectAnswersOf(good);
});

test('an API server that turns everybody away is waited for; then the release is promoted', async () => {
  const rollout = await begin('');
  await link.refuse();
  await isWaiting();
  const info = await story.tell('apps info', { flag: '' });
  await pause(outage * 1000);
  const states = await path(rollout);
  await link.restore();

  const { code, stdout } = await rollout.end;

  expectNoneHeld(states);
  expect(info.stdout).toMatch(/waiting: the cluster at https:\S+ does not answer: .*ECONNREFUSED/);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /system\/rackless\/cluster at https:\S+ does not answer: .*waiting for it/
  );
  expect(await story.activeRelease()).toBe(rollout.release);
  expect((await storyOf(rollout)).at(-1)).toBe('system/k8s/atom/app Status: Updating => Running');
  await expectAnswersOf(good, rollout.release);
  good = rollout.release;
});

test('connections that a NAT forgets are opened anew, and nothing waits', async () => {
  const rollout = await begin('slow');
  link.forget();

  const { code, stderr } = await rollout.end;

  expect([code, stderr]).toEqual([0, '']);
  expect(await story.activeRelease()).toBe(rollout.release);
  expect(await path(rollout)).not.toContain('WaitForCluster');
  good = rollout.release;
  await expectAnswersOf(good);
});

test('a network that swallows all is waited for; then a crash loop is rolled back', async () => {
  const rollout = await begin('crash');
  link.silence();
  await isWaiting();
  await pause(outage * 1000);
  const states = await path(rollout);
  await link.restore();

  const { code, stderr } = await rollout.end;

  expectNoneHeld(states);
  expect(stderr).toContain(`Rolled back: ${good} is active again\n`);
  expect([code, await story.activeRelease()]).toEqual([1, good]);
  const lines = await storyOf(rollout);
  expect(lines.filter((it) => it.startsWith('system/rackless/cluster '))).toEqual([
    expect.stringMatching(/does not answer.*: waiting for it$/),
    'system/rackless/cluster answers again',
  ]);
  expect(lines.at(-1)).toBe('system/k8s/atom/app Status: Rollback => Reverted');
  await expectAnswersOf(good);
});

test('given up meanwhile, the app is free, and the next release puts all right', async () => {
  const rollout = await begin('crash');
  link.silence();
  await isWaiting();

  const given = await story.tell('apps cancel --abandon', { flag: '', seconds: 200 });

  expect([given.code, given.stderr]).toEqual([0, '']);
  expect((await rollout.end).stderr).toContain('(Abandoned)');
  expect(await story.activeRelease()).toBe(good);
  await link.restore();
  const next = await story.tell('env unset FAIL --promote');
  expect([next.code, next.stderr]).toEqual([0, '']);
  expect(await story.activeRelease()).toBe(await story.latestRelease());
  await eventually(
    () => story.objects('pods'),
    (pods) => pods.length === 2
  );
  expect(await client.answers()).not.toHaveProperty('failed');
});

test('forgotten meanwhile, the app is gone from the rack, and what runs goes on', async () => {
  const rollout = await begin('slow');
  link.silence();
  await isWaiting();

  const forgotten = await story.tell('apps delete --forget', { flag: '' });

  expect(forgotten.code).toBe(0);
  expect(forgotten.stderr + forgotten.stdout).toContain(
    `kubectl delete namespace ${stage}-${story.app}`
  );
  const gone = await story.tell('apps info', { flag: '' });
  expect(gone.stderr).toContain(`app not found: ${story.app}`);
  await link.restore();
  // The execution wakes up, and finds that there is nothing of it any more.
  await eventually(
    () => path(rollout),
    (states) => states.at(-1) === 'Superseded'
  );
  expect(await client.answers()).not.toHaveProperty('failed');
  const { code } = await story.bed.api.call('DELETE', `/api/v1/namespaces/${stage}-${story.app}`);
  expect(code).toBe(200);
  await rollout.end;
});
