import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import { openCluster } from '#adapters/kubernetes/open-cluster.ts';
import { objectKey } from '#core/kubernetes/object.ts';
import { objectLabels } from '#core/rendering/labels.ts';
import { stage } from '#infra/local/aws/stack.ts';
import { readState } from '../chaos/cluster-state.ts';
import { eventually } from '../cluster/conformance/conformance-bed.ts';
import { functionProcesses } from '../e2e/function-processes.ts';
import { addressOf, helloSource, keepAsking, query, rackless } from '../e2e/rack.ts';
import {
  activeRelease,
  app,
  begin,
  expectAnswersOf,
  expectWholeStory,
  linesOf,
  promotionOf,
} from './kills-app.ts';
import { endPart, hold, upAgain } from './plane.ts';

jest.setTimeout(240_000);

const source = helloSource();
beforeAll(async () => {
  expect(await rackless(`apps create ${app}`)).toMatchObject({ code: 0 });
  expect(await rackless(`deploy ${source.path} -a ${app}`)).toMatchObject({ code: 0 });
});

afterAll(async () => {
  source.remove();
  await rackless(`apps delete ${app}`);
});

/** Each object of the app, with the release that it is of. */
const objects = async (): Promise<Readonly<Record<string, string>>> => {
  const config = new KubeConfig();
  config.loadFromFile(process.env['E2E_KUBECONFIG'] ?? '');
  const cluster = openCluster(async () => config.exportConfig());
  const live = await readState(cluster, `${stage}-${app}`);
  return Object.fromEntries(
    [...live.values()].map((it) => [
      objectKey(it),
      it.metadata.labels?.[objectLabels.release] ?? '',
    ])
  );
};

const withoutSecrets = (found: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(found).filter(([key]) => !key.startsWith('Secret/')));

test('the watching function is killed: the promotion goes on to its end', async () => {
  const release = await begin('slow');
  const watching = functionProcesses('promotion');
  for (const pid of watching) process.kill(pid, 'SIGKILL');

  const { status } = await promotionOf(release);

  expect(watching.length).toBeGreaterThan(0);
  expect(status).toBe('Promoted');
  await expectWholeStory(release);
  await expectAnswersOf(release);
});

test('the cluster is killed: the promotion waits for it and goes on', async () => {
  const release = await begin('');
  const promoted = await promotionOf(release);
  const slow = await begin('slow');
  await endPart('cluster', 'SIGKILL');
  await eventually(
    () => query<{ status: string }>(`apps info ${app}`),
    ({ status }) => status === 'waiting'
  );
  upAgain();

  const { status } = await promotionOf(slow);

  expect([promoted.status, status]).toEqual(['Promoted', 'Promoted']);
  await expectWholeStory(slow);
  await expectAnswersOf(slow);
});

test('a client that comes later sees each line once, wherever the first one stopped', async () => {
  const release = await begin('');
  await promotionOf(release);
  const lines = await linesOf(release);
  const half = lines.slice(0, 4);

  const rest = await linesOf(release, half.at(-1)?.['sequence']);

  expect([...half, ...rest]).toEqual(lines);
});

test('all of AWS hangs for longer than a lease: the promotion goes on to its end', async () => {
  const asking = keepAsking(await addressOf(app, 'web'));
  const release = await begin('slow');
  const aws = hold('emulator');
  await pause(35_000);
  aws.letGo();

  const { status } = await promotionOf(release);

  expect(status).toBe('Promoted');
  await expectWholeStory(release);
  await expectAnswersOf(release);
  expect(Object.keys(await asking.stop())).toEqual(['200']);
});

test.each([
  ['slow', 'Promoted'],
  ['crash', 'RolledBack'],
])(
  'all of AWS stops in mid-promotion of a release that is %s: started again, it is %s',
  async (how, end) => {
    // Another environment, so that the release has processes of its own.
    await promotionOf(await begin(''));
    const before = await activeRelease();
    const asking = keepAsking(await addressOf(app, 'web'));
    const release = await begin(how);
    await endPart('emulator', 'SIGTERM');
    upAgain();

    const { status } = await promotionOf(release);

    const active = end === 'Promoted' ? release : before;
    expect(status).toBe(end);
    await expectWholeStory(release);
    await expectAnswersOf(active);
    expect(Object.keys(await asking.stop())).toEqual(['200']);
  }
);

test('all of AWS is lost in mid-promotion: adopted and promoted, the app is as it was', async () => {
  await promotionOf(await begin(''));
  const active = await activeRelease();
  const [address, whole] = [await addressOf(app, 'web'), await objects()];
  const asking = keepAsking(address);
  await begin('slow');
  const half = await objects();
  await endPart('emulator', 'SIGKILL');
  const said = upAgain();

  const adoption = await query<object>(`apps adopt ${app}`);
  const { code, stderr } = await rackless(`releases promote ${active} -a ${app}`);

  expect(said).toContain(`rackless apps adopt ${app}`);
  expect(half).not.toEqual(whole);
  expect(adoption).toMatchObject({ release: active, adopted: true });
  expect([code, stderr]).toEqual([0, '']);
  await expectAnswersOf(active);
  const after = await objects();
  // Secrets may have got other names with another key; those of the release before are kept.
  expect(withoutSecrets(after)).toEqual(withoutSecrets(whole));
  expect([...new Set(Object.values(after))]).toEqual([active.toLowerCase()]);
  expect(Object.keys(await asking.stop())).toEqual(['200']);
});
