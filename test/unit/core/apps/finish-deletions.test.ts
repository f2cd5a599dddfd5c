import { expect, test } from '@jest/globals';
import { finishDeletions } from '#core/apps/finish-deletions.ts';
import { InMemoryCluster } from '#test/fakes/in-memory-cluster.ts';

const app = (name: string, deleting: boolean) => ({ name, deleting });

test('removes the records of apps that were being deleted and whose namespace has gone', async () => {
  const apps = [app('going', true), app('staying', false)];
  const removed: string[] = [];
  const asked: string[] = [];

  const result = await finishDeletions({
    rack: 'test',
    apps: {
      list: async () => apps as never,
      find: async (name: string) => apps.find((it) => it.name === name) as never,
      remove: async (name: string) => {
        removed.push(name);
      },
    },
    promotions: {
      requestCancel: async (name, mode) => {
        asked.push(`${mode} ${name}`);
      },
    },
    cluster: new InMemoryCluster(),
  })();

  expect(result).toEqual({ gone: ['going'] });
  expect(removed).toEqual(['going']);
  expect(asked).toEqual(['abandon going']);
});
