import { beforeAll, expect, test } from '@jest/globals';
import { promotionTasks } from '#core/promotions/tasks/tasks.ts';
import { machine } from '../../core/promotions/run-machine.ts';

type Handler = (event: unknown) => Promise<unknown>;

let handler: Handler;

beforeAll(async () => {
  const settings = {
    RACK: 'atom',
    TABLE_NAME: 'table',
    BUCKET_NAME: 'bucket',
    KEY_ID: 'key',
    KUBECONFIG_SECRET: 'secret',
    AWS_REGION: 'us-east-1',
  };
  Object.assign(process.env, settings);
  ({ handler } = (await import('#functions/promotion/handler.ts')) as { handler: Handler });
});

const run = { v: 1, app: 'shop', promotion: 'PABCDEFGHIJ', attempt: 1 };

test.each([
  ['an unknown task', { task: 'Dance', run }],
  ['another version of the run', { task: 'Prepare', run: { ...run, v: 2 } }],
  ['an attempt that is no number', { task: 'Prepare', run: { ...run, attempt: '1' } }],
])('%s is refused', async (_, event) => {
  await expect(handler(event)).rejects.toMatchObject({ name: 'ZodError' });
});

test('a task without a hold is superseded, by the name that the machine catches', async () => {
  await expect(handler({ task: 'Watch', run: { ...run, next: 'Watch' } })).rejects.toMatchObject({
    name: 'SupersededError',
  });
});

test('the machine has a state for each task, and each asks for its own', () => {
  const tasks = Object.entries(machine.States)
    .filter(([, state]) => state.Type === 'Task')
    .map(([name, state]) => [name, state.Parameters?.Payload.task]);

  expect(tasks).toEqual(tasks.map(([name]) => [name, name]));
  expect(new Set(tasks.map(([name]) => name))).toEqual(new Set(Object.keys(promotionTasks)));
});
