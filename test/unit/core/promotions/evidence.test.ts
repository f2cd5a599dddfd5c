import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { documentKeys } from '#core/documents/ports.ts';
import type { Evidence } from '#core/promotions/engine/gather-evidence.ts';
import type { EngineDependencies } from '#core/promotions/engine/run.ts';
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
  expect(process?.logs.length).toBeLessThanOrEqual(64_000);
  expect(process?.logs).toMatch(/^400 /);
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
