import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { crashing, type EngineApp, EngineBed, serving } from './engine-bed.ts';

let bed: EngineBed;

beforeAll(async () => {
  bed = await EngineBed.start();
});

afterAll(() => bed.close());

const remove = async (app: EngineApp, key: string): Promise<void> => {
  const [kind = '', name = ''] = key.split('/');
  await app.cluster.remove(await app.live(kind, name));
};

/** Does it the first time that the state is entered. */
const once = (state: string, act: () => Promise<unknown>) => {
  let isDue = true;
  return async (entered: string): Promise<void> => {
    if (entered !== state || !isDue) return;
    isDue = false;
    await act();
  };
};

const secretOf = async (app: EngineApp): Promise<string> =>
  (await app.names()).find((it) => it.startsWith('Secret/env-')) ?? '';

test.each(['Deployment/web', 'Service/web'])(
  '%s that is deleted during the rollout is put back, and the release gets active',
  async (key) => {
    const app = bed.app();
    await app.promoted({ scripts: { web: serving } });

    const { end, story } = await app.promote(
      { scripts: { web: `${serving} #2` } },
      { visit: once('Watch', () => remove(app, key)) }
    );

    expect(end).toBe('Promoted');
    expect(story).toContain(`system/rackless/watch deleted by somebody, put back: ${key}`);
    expect(await app.names()).toContain(key);
  }
);

test('so is a Secret of the running release that is deleted before the apply', async () => {
  const app = bed.app();
  await app.promoted({ scripts: { web: serving }, env: 'A=1' });
  const secret = await secretOf(app);

  const { end } = await app.promote(
    { scripts: { web: crashing }, env: 'A=2' },
    { visit: once('Apply', () => remove(app, secret)) }
  );

  expect(end).toBe('RolledBack');
  expect(await app.names()).toContain(secret);
});

test('a Deployment that is deleted during the rollback is back at its end', async () => {
  const app = bed.app();
  await app.promoted({ scripts: { web: serving } });

  const { end } = await app.promote(
    { scripts: { web: crashing } },
    { visit: once('WatchRollback', () => remove(app, 'Deployment/web')) }
  );

  expect(end).toBe('RolledBack');
  expect(await app.names()).toContain('Deployment/web');
});

test.each(['Apply', 'Watch'])(
  'a namespace that is deleted before %s is waited out, and made again',
  async (state) => {
    const app = bed.app();
    await app.promoted({ scripts: { web: serving } });
    const removal = async () => app.cluster.remove(await app.live('Namespace', app.namespace));

    const { end, path, story } = await app.promote(
      { scripts: { web: `${serving} #2` } },
      { visit: once(state, removal) }
    );

    expect(end).toBe('Promoted');
    expect(path).toContain('WaitForCluster');
    expect(story.join('\n')).toMatch(/namespace \S+ is being deleted|it is being terminated/);
    expect(await app.names()).toEqual(expect.arrayContaining(['Service/web', 'Deployment/web']));
  }
);

test('a namespace of somebody else refuses the release and stays as it is', async () => {
  const app = bed.app();
  const path = '/api/v1/namespaces';
  await bed.bed.api.call('POST', path, {
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: app.namespace } },
  });
  const before = await app.live('Namespace', app.namespace);

  const { end, promotion } = await app.promote({ scripts: { web: serving } });

  expect(end).toBe('Refused');
  expect(promotion.cause).toBe(`namespace ${app.namespace} exists and belongs to somebody else`);
  expect((await app.live('Namespace', app.namespace)).metadata.resourceVersion).toBe(
    before.metadata.resourceVersion
  );
});
