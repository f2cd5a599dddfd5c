import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Promotion } from '#contracts/promotions.ts';
import { readJsonFile } from '#infra/local/plane/json-file.ts';
import type { PartName, PartRecord } from '#infra/local/plane/part.ts';
import { eventually } from '../cluster/conformance/conformance-bed.ts';
import { functionProcesses } from '../e2e/function-processes.ts';
import { addressOf, get, helloSource, query, rackless, stream } from '../e2e/rack.ts';

jest.setTimeout(240_000);

const app = 'kills';
const source = helloSource();
beforeAll(async () => {
  expect(await rackless(`apps create ${app}`)).toMatchObject({ code: 0 });
  expect(await rackless(`deploy ${source.path} -a ${app}`)).toMatchObject({ code: 0 });
});

afterAll(async () => {
  source.remove();
  await rackless(`apps delete ${app}`);
});

const activeRelease = async (): Promise<string> =>
  (await query<{ release: string }>(`apps info ${app}`)).release;

/** Begins a promotion of a release with `FAIL=how`, and comes back when its processes have started. */
const begin = async (how: string): Promise<string> => {
  const change = how ? `env set FAIL=${how}` : 'env unset FAIL';
  const { code, stderr } = await rackless(`${change} -a ${app}`);
  if (code !== 0) throw new Error(stderr);
  const [release] = await query<{ id: string }[]>(`releases -a ${app}`);
  const id = release?.id ?? '';
  const client = spawn('bin/rackless', ['releases', 'promote', id, '-a', app, '--json'], {
    env: { ...process.env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise<void>((resolve) => {
    let text = '';
    client.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.includes('Started container')) resolve();
    });
    client.once('close', () => resolve());
  });
  // A client that dies takes nothing with it.
  client.kill('SIGKILL');
  return id;
};

const promotionOf = async (release: string): Promise<Promotion> => {
  const { code, lines } = await stream(`releases attach ${release} -a ${app}`);
  const end = lines.findLast((line) => line['type'] === 'result');
  if (!end) throw new Error(`attach ended with ${code} and no result`);
  return end['promotion'] as Promotion;
};

/** The story as somebody sees it who comes later. */
const linesOf = async (release: string, after: unknown = 0) =>
  (await stream(`releases attach ${release} -a ${app} --after ${String(after)}`)).lines.filter(
    (line) => line['type'] === 'event'
  );

const expectWholeStory = async (release: string): Promise<void> => {
  const numbers = (await linesOf(release)).map((line) => line['sequence']);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  expect(numbers.length).toBeGreaterThan(3);
};

const expectAnswersOf = async (release: string): Promise<void> => {
  expect(await activeRelease()).toBe(release);
  const { status, body } = await get(await addressOf(app, 'web'));
  expect([status, body]).toEqual([200, expect.stringContaining(release)]);
};

const pidOfPart = (name: PartName): number => {
  const home = process.env['RACKLESS_HOME'] ?? '';
  const record = readJsonFile<PartRecord>(join(home, 'parts', `${name}.json`));
  if (!record) throw new Error(`the plane has no part ${name}`);
  return record.pid;
};

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
  process.kill(pidOfPart('cluster'), 'SIGKILL');
  await eventually(
    () => query<{ status: string }>(`apps info ${app}`),
    ({ status }) => status === 'waiting'
  );
  const up = spawnSync(process.execPath, ['infra/local/main.ts', 'up', '--json'], {
    env: { ...process.env, AUTH: 'true', RACK_URL: '' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });

  const { status } = await promotionOf(slow);

  expect([promoted.status, up.status, status]).toEqual(['Promoted', 0, 'Promoted']);
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
