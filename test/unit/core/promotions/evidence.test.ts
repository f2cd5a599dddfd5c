import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { documentKeys } from '#core/documents/ports.ts';
import type { Evidence } from '#core/promotions/engine/gather-evidence.ts';
import type { EngineDependencies } from '#core/promotions/engine/run.ts';
import { replay } from '#core/verdicts/replay.ts';
import { PromotionBed } from './promotion-bed.ts';
import { replacing } from './replacing.ts';

let bed: PromotionBed;

beforeEach(() => {
  bed = new PromotionBed();
});

afterEach(() => bed.close());

const secret = 'postgres://secret@db';

/** A failing second release whose process has written something. */
const fail = async (deps: EngineDependencies = bed.deps, lines = [`cannot reach ${secret}`]) => {
  await bed.promote({ images: { web: 'good' }, env: 'OLD=old-value-1' });
  const release = await bed.release({ images: { web: 'crash' }, env: `URL=${secret}\nA=1` });
  const promotion = await bed.begin(release);
  const execution = await bed.execute(promotion, {
    deps,
    visit: async (state) => {
      if (state !== 'RecordEvidence') return;
      for (const { metadata } of (await bed.cluster.list('Pod', 'atom-shop')).items) {
        for (const previous of [false, true]) {
          bed.cluster.setLog(
            { namespace: 'atom-shop', pod: metadata.name, container: 'shop', previous },
            lines.map((text) => ({ at: new Date().toISOString(), text }))
          );
        }
      }
    },
  });
  const key = documentKeys.evidence('shop', promotion.id);
  const evidence = (await bed.documents.read(key)) as Evidence | undefined;
  return { ...execution, evidence, story: bed.story(promotion.id) };
};

test('the failed process is kept with its logs, without values of the environment', async () => {
  const { evidence, story } = await fail(undefined, [`cannot reach ${secret}`, 'was old-value-1']);

  expect(evidence?.processes).toEqual([
    expect.objectContaining({
      service: 'web',
      restarts: 1,
      logs: 'cannot reach ****\nwas ****\n',
      previousLogs: 'cannot reach ****\nwas ****\n',
      detail: 'shop exited with code 1 (Error)',
    }),
  ]);
  expect(evidence).toMatchObject({ reason: 'CrashLoop' });
  expect(JSON.stringify(evidence)).not.toContain(secret);
  expect(story).toContain('system/rackless/evidence kept');
});

test('a flood of log lines is cut', async () => {
  const lines = Array.from({ length: 500 }, (_, index) => `${index} ${'x'.repeat(2_000)}`);
  const { evidence } = await fail(undefined, lines);

  const [process] = evidence?.processes ?? [];
  expect(process?.logs.length).toBeLessThanOrEqual(32_000);
  expect(process?.logs).toMatch(/^48\d x+\n/);
  expect(process?.logs).toContain('\n499 ');
});

test('logs that do not come hold the rollback for three seconds, and the rest is kept', async () => {
  const cluster = replacing(bed.cluster, {
    logs: () => new Promise<string>(() => undefined),
  });
  const { end, evidence, story } = await fail({ ...bed.deps, cluster });

  expect(end).toBe('RolledBack');
  expect(evidence?.processes[0]).toMatchObject({ logs: '', restarts: 1 });
  expect(story).toContain('system/rackless/evidence incomplete');
});

/** A cluster in which the first reads of a log hang. */
const slowLogs = (reads: number) => {
  let calls = 0;
  return replacing(bed.cluster, {
    logs: (request: Parameters<typeof bed.cluster.logs>[0]) => {
      calls += 1;
      return calls <= reads ? new Promise<string>(() => undefined) : bed.cluster.logs(request);
    },
  });
};

test('logs that do not come in three seconds are added beside the rollback', async () => {
  const { end, evidence, story } = await fail({ ...bed.deps, cluster: slowLogs(2) });

  expect(end).toBe('RolledBack');
  expect(story).toContain('system/rackless/evidence incomplete');
  expect(evidence?.processes).toHaveLength(1);
  expect(evidence?.processes[0]).toMatchObject({
    logs: 'cannot reach ****\n',
    previousLogs: 'cannot reach ****\n',
  });
  expect(evidence?.missing).toEqual([]);
});

test('what can not be had at all is named', async () => {
  const { evidence } = await fail({ ...bed.deps, cluster: slowLogs(1_000) });

  const [process] = evidence?.processes ?? [];
  expect(evidence?.missing).toEqual([
    `logs of ${process?.process}`,
    `logs of ${process?.process} before its last restart`,
  ]);
});

test('an execution that dies before the rollback leaves the rest of the evidence to the next', async () => {
  await bed.promote({ images: { web: 'good' } });
  const promotion = await bed.begin(await bed.release({ images: { web: 'crash' } }));
  const deps = { ...bed.deps, cluster: slowLogs(2) };
  await expect(
    bed.execute(promotion, {
      deps,
      visit: async (state) => {
        if (state === 'Rollback') throw new Error('killed');
      },
    })
  ).rejects.toThrow('killed');
  await bed.promotions.countAttempt({ app: 'shop', id: promotion.id, attempt: 2 });
  for (const { metadata } of (await bed.cluster.list('Pod', 'atom-shop')).items) {
    const container = { namespace: 'atom-shop', pod: metadata.name, container: 'shop' };
    bed.cluster.setLog(container, [{ at: new Date().toISOString(), text: 'late words' }]);
  }

  const { end } = await bed.execute(promotion, { attempt: 2, deps });

  const key = documentKeys.evidence('shop', promotion.id);
  const evidence = (await bed.documents.read(key)) as Evidence;
  expect(end).toBe('RolledBack');
  expect(evidence.processes[0]?.logs).toBe('late words\n');
});

test('what the release changes is there, and names of variables without their values', async () => {
  const { evidence } = await fail();

  expect(evidence?.changes).toEqual(
    expect.arrayContaining([
      'environment add:A add:URL remove:OLD',
      'Deployment/web spec.template.spec.containers.shop.image: registry/shop@sha256:good => registry/shop@sha256:crash',
    ])
  );
});

test('pressure of the node is there', async () => {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'local' } };
  const conditions = [
    { type: 'MemoryPressure', status: 'True', message: 'kubelet has insufficient memory' },
    { type: 'DiskPressure', status: 'False' },
    { type: 'Ready', status: 'True' },
  ];
  const cluster = replacing(bed.cluster, {
    get: async (kind: string, namespace: string | undefined, name: string) =>
      kind === 'Node'
        ? { ...node, status: { conditions } }
        : bed.cluster.get(kind, namespace, name),
  });

  const { evidence } = await fail({ ...bed.deps, cluster });

  expect(evidence?.nodes).toEqual(['local: MemoryPressure: kubelet has insufficient memory']);
  expect(evidence?.processes[0]?.node).not.toBe('');
});

test('a bucket that fails does not keep the app from going back', async () => {
  const documents = replacing(bed.documents, {
    write: async (key: string, document: unknown) => {
      if (key.includes('evidence')) throw new Error('AccessDenied');
      return bed.documents.write(key, document);
    },
  });
  const { end, story } = await fail({ ...bed.deps, documents });

  expect(end).toBe('RolledBack');
  expect(story).toContain('system/rackless/evidence not kept: AccessDenied');
});

test('without knowing what is secret, no log is kept', async () => {
  const releases = replacing<EngineDependencies['releases']>(bed.releases, {
    find: async (app: string, id: string) => {
      const { status } = [...bed.records.of('shop').promotions.values()].at(-1) ?? {};
      if (status === 'rolling-back') throw new Error('KMS is away');
      return bed.releases.find(app, id);
    },
  });
  let evidence: Evidence | undefined;
  await fail({ ...bed.deps, releases }).then(
    (it) => {
      evidence = it.evidence;
    },
    async () => {
      const [id = ''] = [...bed.records.of('shop').promotions.keys()].slice(-1);
      evidence = (await bed.documents.read(documentKeys.evidence('shop', id))) as Evidence;
    }
  );

  expect(evidence?.processes[0]?.logs).toContain('withheld');
  expect(JSON.stringify(evidence)).not.toContain(secret);
});

test('what the engine saw is part of the evidence, and ends in the same verdict', async () => {
  const { evidence } = await fail();
  const recording = evidence?.recording;
  if (!recording) throw new Error('there is no recording');
  const { verdict } = replay({ recording });

  expect(verdict).toMatchObject({ kind: 'failed', reason: 'CrashLoop', cause: evidence.cause });
  expect(recording.services).toEqual([
    expect.objectContaining({ name: 'web', policy: expect.objectContaining({ crashExits: 2 }) }),
  ]);
  expect(JSON.stringify(recording)).not.toContain(secret);
});
