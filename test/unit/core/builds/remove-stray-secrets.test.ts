import { expect, test } from '@jest/globals';
import type { Build } from '#core/builds/build.ts';
import { buildLabels, ensureBuildNamespace } from '#core/builds/build-objects.ts';
import { importImage } from '#core/builds/import-image.ts';
import { removeStraySecrets } from '#core/builds/remove-stray-secrets.ts';
import { sourceSecret } from '#core/builds/source-login.ts';
import { InMemoryCluster } from '#test/fakes/in-memory-cluster.ts';
import { aBuild, aCaller, bedWithShop } from '../api-bed.ts';

const login = { server: 'ghcr.io', username: 'ada', password: 'hunter2' };

const begin = async () => {
  const bed = await bedWithShop();
  const cluster = new InMemoryCluster();
  for (const rack of ['atom', 'other']) await ensureBuildNamespace(cluster, rack);
  const leave = async (build: Partial<Build>, rack = 'atom') => {
    const { app, id } = await bed.builds.create(aBuild(build));
    await cluster.create(sourceSecret({ rack, app, id }, login), { fieldManager: 'test' });
    return id;
  };
  return {
    bed,
    cluster,
    leave,
    sweep: removeStraySecrets({ ...bed, rack: 'atom', cluster }),
    left: async () =>
      (await cluster.list('Secret', undefined)).items.map(({ metadata }) => metadata.labels),
  };
};

test('the login of an import goes although its function died before the import was started', async () => {
  const { bed, cluster, sweep, left } = await begin();
  const manifest = 'services: {web: {port: 80}}';
  const { id } = await bed.builds.create(aBuild({ external: true, manifest }));
  // Nothing after the Secret is done any more.
  const buildRuns = { start: () => new Promise<never>(() => undefined) };
  const created = new Promise<void>((resolve) => {
    const create = cluster.create.bind(cluster);
    cluster.create = async (object, options) => {
      const made = await create(object, options);
      if (object.kind === 'Secret') resolve();
      return made;
    };
  });
  void importImage({ ...bed, rack: 'atom', cluster, buildRuns })(
    { app: 'shop', id, image: 'ghcr.io/a/b:1', 'src-creds-user': 'ada', 'src-creds-pass': 'x' },
    aCaller('deploy')
  );
  await created;

  const early = await sweep();
  await bed.builds.change('shop', id, { status: 'failed', reason: 'it was interrupted' });
  const late = await sweep();

  expect([early, late]).toEqual([[], [`source-${id.toLowerCase()}`]]);
  expect(await left()).toEqual([]);
});

test('those of builds that go on, and of other racks, stay', async () => {
  const { leave, sweep, left } = await begin();
  const going = await leave({ status: 'running' });
  await leave({ status: 'complete' });
  const other = await leave({ status: 'failed' }, 'other');

  expect(await sweep()).toHaveLength(1);

  expect(await left()).toEqual([
    buildLabels({ rack: 'atom', app: 'shop', id: going }),
    buildLabels({ rack: 'other', app: 'shop', id: other }),
  ]);
});

test('those of a build that is gone with its app go as well', async () => {
  const { cluster, sweep, left } = await begin();
  const key = { rack: 'atom', app: 'blog', id: 'BAAAAAAAAAA' };
  await cluster.create(sourceSecret(key, login), { fieldManager: 'test' });

  await sweep();

  expect(await left()).toEqual([]);
});

test('a cluster that is away has its turn with the next run', async () => {
  const { cluster, leave, sweep, left } = await begin();
  await leave({ status: 'failed' });
  cluster.unreachable = true;

  expect(await sweep()).toEqual([]);

  cluster.unreachable = false;
  expect(await sweep()).toHaveLength(1);
  expect(await left()).toEqual([]);
});
