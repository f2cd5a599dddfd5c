import { execFile } from 'node:child_process';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { stage } from '#infra/local/aws/stack.ts';
import { query, rackless } from '../../e2e/rack.ts';
import { eventually } from '../conformance/conformance-bed.ts';
import type { ClientPod } from './client-pod.ts';
import { ShopStory } from './shop-story.ts';

jest.setTimeout(200_000);

interface Report {
  readonly release: string;
  readonly healthy: boolean;
  readonly objects: readonly { readonly object: string; readonly action: string }[];
}

interface Adoption {
  readonly release: string;
  readonly adopted: boolean;
}

let story: ShopStory;
let client: ClientPod;
let good = '';

beforeAll(async () => {
  story = await ShopStory.begin('rescue');
  const { stderr } = await story.deploy();
  expect(stderr).toBe('');
  good = await story.activeRelease();
  client = await story.client();
});

afterAll(() => story.end());

/** As on a machine that knows of no rack: there is nobody to ask but the cluster. */
const rescue = (...flags: readonly string[]): Promise<{ code: number; report: Report }> => {
  const args = ['rescue', story.app, '--rack', stage, '--json', ...flags];
  const env = { PATH: process.env['PATH'], KUBECONFIG: process.env['KUBECONFIG'] };
  return new Promise((resolve, reject) => {
    const options = { env: { ...env, HOME: story.source.path }, timeout: 150_000 };
    execFile('bin/rackless', args, options, (error, stdout, stderr) => {
      if (!stdout) return reject(new Error(stderr, { cause: error }));
      resolve({ code: error ? 1 : 0, report: JSON.parse(stdout) as Report });
    });
  });
};

const remove = async (path: string): Promise<void> => {
  const { code } = await story.bed.api.call('DELETE', path.replace('NS', `${stage}-${story.app}`));
  expect(code).toBeLessThan(300);
};

const pods = async () => (await story.processes()).map((it) => it.id).join();

test('an app that is well is left as it is, and none of its processes starts again', async () => {
  const before = await pods();

  const { code, report } = await rescue();

  expect(code).toBe(0);
  expect(report).toMatchObject({ release: good, healthy: true });
  expect(report.objects.map((it) => it.action)).toEqual(report.objects.map(() => 'unchanged'));
  expect(await pods()).toBe(before);
});

test('without Deployment, Service and Secret the release comes back and answers again', async () => {
  const [secret = ''] = (await story.objects('secrets'))
    .map(String)
    .filter((it) => /^env-/.test(it));
  await remove('/apis/apps/v1/namespaces/NS/deployments/web?propagationPolicy=Background');
  await remove('/api/v1/namespaces/NS/services/web');
  await remove(`/api/v1/namespaces/NS/secrets/${secret}`);

  const { code, report } = await rescue();

  expect(report).toMatchObject({ release: good, healthy: true });
  expect(code).toBe(0);
  expect(report.objects.filter((it) => it.action === 'created').map((it) => it.object)).toEqual([
    `Secret/${secret}`,
    'Service/web',
    'Deployment/web',
  ]);
  // The Service is a new one, at another address.
  client = await story.client();
  const answers = await eventually(
    () => client.answers(),
    (it) => good in it
  );
  expect(Object.keys(answers)).toEqual([good]);
});

test('a rack that has lost the app adopts it, with its environment, and goes on', async () => {
  await rackless(`apps delete ${story.app} --forget`);
  const gone = await rackless(`apps info ${story.app}`);

  const adoption = await query<Adoption>(`apps adopt ${story.app}`);
  const again = await query<Adoption>(`apps adopt ${story.app}`);

  expect(gone.stderr).toContain(`app not found: ${story.app}`);
  expect(adoption).toMatchObject({ release: good, adopted: true });
  expect(again).toMatchObject({ release: good, adopted: false });
  expect(await story.activeRelease()).toBe(good);
  const broken = await story.tell('env set FAIL=crash --promote');
  expect(broken.stderr).toContain(`Rolled back: ${good} is active again\n`);
  const fixed = await story.tell('env set FAIL=never --promote');
  expect(fixed.stderr).toBe('');
  expect(await story.activeRelease()).not.toBe(good);
  expect((await story.activeRelease()) > good).toBe(true);
});
