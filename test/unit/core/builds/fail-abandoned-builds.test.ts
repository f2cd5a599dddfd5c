import { expect, test } from '@jest/globals';
import type { Build } from '#core/builds/build.ts';
import { failAbandonedBuilds } from '#core/builds/fail-abandoned-builds.ts';

const now = Date.parse('2026-03-18T15:00:00Z');
const build = (id: string, fields: Partial<Build>): Build =>
  ({ id, app: 'shop', status: 'running', external: false, reason: '', ...fields }) as Build;

test('ends builds whose execution is gone, and only those', async () => {
  const builds = [
    build('BAAAAAAAAAA', { started: '2026-03-18T14:00:00Z' }),
    build('BAAAAABBBBB', { started: '2026-03-18T14:00:00Z' }),
    build('BAAAAACCCCC', { started: '2026-03-18T14:59:30Z' }),
    build('BAAAAADDDDD', { started: '2026-03-18T14:00:00Z', status: 'complete' }),
  ];
  const changed: unknown[] = [];

  const result = await failAbandonedBuilds({
    apps: { list: async () => [{ name: 'shop' }] as never },
    builds: {
      list: async () => builds,
      find: async (_app: string, id: string) => builds.find((it) => it.id === id),
      change: async (_app: string, id: string, change: Partial<Build>) => {
        changed.push({ id, status: change.status });
        return { ...build(id, {}), ...change };
      },
    } as never,
    buildRuns: { isRunning: async ({ id }) => id === 'BAAAAABBBBB' },
    clock: () => now,
  })();

  expect(result).toEqual({ failed: ['BAAAAAAAAAA'] });
  expect(changed).toEqual([{ id: 'BAAAAAAAAAA', status: 'failed' }]);
});
