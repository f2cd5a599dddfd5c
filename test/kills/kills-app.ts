import { spawn } from 'node:child_process';
import { expect } from '@jest/globals';
import type { Promotion } from '#contracts/promotions.ts';
import { addressOf, get, query, rackless, stream } from '../e2e/rack.ts';

/** The app that has to come through. */
export const app = 'kills';

export const activeRelease = async (): Promise<string> =>
  (await query<{ release: string }>(`apps info ${app}`)).release;

/** Begins a promotion of a release with `FAIL=how`, and comes back when its processes have started. */
export const begin = async (how: string): Promise<string> => {
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

export const promotionOf = async (release: string): Promise<Promotion> => {
  const { code, lines } = await stream(`releases attach ${release} -a ${app}`);
  const end = lines.findLast((line) => line['type'] === 'result');
  if (!end) throw new Error(`attach ended with ${code} and no result`);
  return end['promotion'] as Promotion;
};

/** The story as somebody sees it who comes later. */
export const linesOf = async (release: string, after: unknown = 0) =>
  (await stream(`releases attach ${release} -a ${app} --after ${String(after)}`)).lines.filter(
    (line) => line['type'] === 'event'
  );

export const expectWholeStory = async (release: string): Promise<void> => {
  const numbers = (await linesOf(release)).map((line) => line['sequence']);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  expect(numbers.length).toBeGreaterThan(3);
};

export const expectAnswersOf = async (release: string): Promise<void> => {
  expect(await activeRelease()).toBe(release);
  const { status, body } = await get(await addressOf(app, 'web'));
  expect([status, body]).toEqual([200, expect.stringContaining(release)]);
};
