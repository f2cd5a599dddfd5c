import { activeCopy } from '#core/promotions/engine/active-copy.ts';
import { expireApp } from '#core/retention/expire-app.ts';
import type { RetentionRules } from '#core/retention/history.ts';
import { InMemoryCluster } from '#test/fakes/in-memory-cluster.ts';
import { InMemoryImageStore } from '#test/fakes/in-memory-image-store.ts';
import { InMemoryStoredDocuments } from '#test/fakes/in-memory-stored-documents.ts';
import { anApp, aPromotion, aRelease } from '#test/samples.ts';
import { aBuild, bedWithShop } from '../api-bed.ts';
import { day, digestOf } from './histories.ts';

export const rules: RetentionRules = { newest: 3, active: 2, safeAge: day };

/** An app in memory with all that a sweep looks at. */
export const sweepBed = async () => {
  const bed = await bedWithShop();
  const images = new InMemoryImageStore();
  const storedDocuments = new InMemoryStoredDocuments();
  const cluster = new InMemoryCluster();
  const deps = { ...bed, rack: 'atom', images, storedDocuments, cluster, rules };
  let digests = 0;

  /** Pushes an image and starts a build's record; `digest` to push one that is there already. */
  const begin = async (given: { digest?: string } = {}) => {
    const started = new Date(bed.clock()).toISOString();
    const { id } = await bed.builds.create(aBuild({ status: 'running', started }));
    const digest = given.digest ?? digestOf(++digests);
    images.push('shop', { digest, tags: [`web.${id}`], pushed: bed.clock() });
    storedDocuments.put('shop', `builds/${id}/log`, bed.clock());
    return { id, digest };
  };

  const finish = async ({ id, digest }: { id: string; digest: string }) => {
    const ended = new Date(bed.clock()).toISOString();
    const image = { service: 'web', image: `registry/atom/shop@${digest}` };
    return bed.builds.change('shop', id, { status: 'complete', ended, images: [image] });
  };

  /** A build with its release, which is made active at once. */
  const deploy = async (given: { digest?: string; outcome?: 'Promoted' | 'RolledBack' } = {}) => {
    const { id: build } = await finish(await begin(given));
    const latest = await bed.releases.latest('shop');
    const created = new Date(bed.clock()).toISOString();
    const { id } = await bed.releases.create(aRelease({ build, created }), latest?.id);
    promote(id, given.outcome);
    await bed.sleep(day);
    return { id, build };
  };

  const promote = (release: string, status: 'Promoted' | 'RolledBack' = 'Promoted') => {
    const id = bed.records.nextId('P', 'shop');
    const { promotions, app } = bed.records.of('shop');
    promotions.set(id, { ...aPromotion({ release, status, previous: app?.active ?? '' }), id });
    storedDocuments.put('shop', `promotions/${id}/evidence.json`, bed.clock());
    storedDocuments.put('shop', `rendered/${release}.json`, bed.clock());
    if (status === 'Promoted') bed.records.setApp('shop', { active: release });
  };

  /** The cluster's own copy of a release of a build, or one of images that no build of the table has. */
  const putCopy = async (app: string, images: readonly string[], build = '') => {
    const release = { ...aRelease({ app, build }), id: 'RZZZZZZAAAA' };
    const services = images.map((image, at) => ({ service: `s${at}`, image }));
    const found = build ? await bed.builds.find(app, build) : undefined;
    const labels = { system: 'rackless', rack: 'atom', app };
    const metadata = { name: `atom-${app}`, labels };
    await cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata });
    await cluster.put(
      activeCopy({
        rack: 'atom',
        promotion: 'PAAAAAAAAAA',
        fence: 1,
        kept: '',
        app: anApp({ name: app }),
        release,
        build: found ?? { ...aBuild({ app, images: services }), id: 'BZZZZZZAAAA' },
        rendered: { release: release.id, objects: [], services: [] } as never,
        live: [],
      })
    );
  };

  const digestsLeft = async () => (await images.list('shop')).map((it) => it.digest);

  return {
    ...deps,
    begin,
    finish,
    deploy,
    promote,
    putCopy,
    digestsLeft,
    sweep: () => expireApp(deps)('shop'),
  };
};

export type SweepBed = Awaited<ReturnType<typeof sweepBed>>;

/** The bed in which something happens just before the first of a call: `images.list`. */
export const disturbing = (bed: SweepBed, call: string, act: () => Promise<unknown>) => {
  const [port = '', method = ''] = call.split('.');
  let seen = 0;
  const watched = (name: 'retention' | 'cluster' | 'storedDocuments' | 'images') =>
    new Proxy(bed[name], {
      get: (target: object, key: string) => {
        const value = Reflect.get(target, key) as (...args: unknown[]) => Promise<unknown>;
        if (name !== port || key !== method) return value?.bind?.(target);
        return async (...args: unknown[]) => {
          if (seen++ === 0) await act();
          return value.apply(target, args);
        };
      },
    });
  return {
    ...bed,
    retention: watched('retention') as SweepBed['retention'],
    cluster: watched('cluster') as SweepBed['cluster'],
    storedDocuments: watched('storedDocuments') as SweepBed['storedDocuments'],
    images: watched('images') as SweepBed['images'],
  };
};

/** Images that a release or build which is left refers to, and that are gone. */
export const lostImages = async (bed: SweepBed): Promise<readonly string[]> => {
  const here = new Set(await bed.digestsLeft());
  const { releases, builds } = bed.records.of('shop');
  const wanted = [...releases.values()]
    .filter((it) => !it.expired)
    .flatMap((it) => builds.get(it.build) ?? []);
  return [...wanted, ...[...builds.values()].filter((it) => !it.expired)]
    .flatMap((it) => it.images.map(({ image }) => image.slice(image.indexOf('@') + 1)))
    .filter((it) => !here.has(it));
};
