import { jest } from '@jest/globals';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import { managedKinds } from '#core/promotions/engine/live-objects.ts';
import type { EngineDependencies } from '#core/promotions/engine/run.ts';
import type { CancelMode } from '#core/promotions/ports.ts';
import type { Promotion } from '#core/promotions/promotion.ts';
import { objectLabels } from '#core/rendering/labels.ts';
import { startControllers } from '#infra/local/cluster/controllers/start-controllers.ts';
import { InMemoryApps } from '#test/fakes/in-memory-apps.ts';
import { InMemoryBuilds } from '#test/fakes/in-memory-builds.ts';
import { InMemoryCluster } from '#test/fakes/in-memory-cluster.ts';
import { InMemoryDocuments } from '#test/fakes/in-memory-documents.ts';
import { InMemoryPromotionRecords } from '#test/fakes/in-memory-promotion-records.ts';
import { InMemoryPromotions } from '#test/fakes/in-memory-promotions.ts';
import { InMemoryRecords } from '#test/fakes/in-memory-records.ts';
import { InMemoryRegistries } from '#test/fakes/in-memory-registries.ts';
import { InMemoryReleases } from '#test/fakes/in-memory-releases.ts';
import { aBuild } from '#test/samples.ts';
import { anApp } from '../cluster-bed.ts';
import { type Execution, runMachine, sleepFor } from './run-machine.ts';
import { runScriptedNode } from './scripted-node.ts';

export const namespace = 'atom-shop';
const start = Date.parse('2026-01-01T00:00:00Z');

export interface ReleaseInput {
  /** What the image of each service does; see the scripted node. */
  readonly images: Readonly<Record<string, string>>;
  readonly env?: string;
  readonly manifest?: string;
}

/** A manifest of these services, each with a port and these more lines. */
export const manifestOf = (services: readonly string[], ...lines: readonly string[]): string =>
  [
    'services:',
    ...services.flatMap((it) => [
      `  ${it}:`,
      '    build: .',
      '    port: 3000',
      ...lines.map((line) => `    ${line}`),
    ]),
    '',
  ].join('\n');

/**
 * The whole promotion engine on fakes: records in memory, the embedded cluster's API and controllers
 * without HTTP, a scripted node, and time that jumps. One rack `atom` with one app `shop`.
 */
export class PromotionBed {
  readonly records = new InMemoryRecords();
  readonly cluster = new InMemoryCluster();
  readonly documents = new InMemoryDocuments();
  readonly builds = new InMemoryBuilds(this.records);
  readonly releases = new InMemoryReleases(this.records);
  readonly promotions = new InMemoryPromotions(this.records);
  readonly registries = new InMemoryRegistries();
  readonly deps: EngineDependencies = {
    rack: 'atom',
    apps: new InMemoryApps(this.records),
    dataKeys: { open: async () => new Uint8Array(32) },
    releases: this.releases,
    builds: this.builds,
    registries: this.registries,
    records: new InMemoryPromotionRecords(this.records, () => Date.now()),
    documents: this.documents,
    cluster: this.cluster,
    clock: () => Date.now(),
    sleep: sleepFor,
  };
  readonly #stops: (() => void)[] = [];

  constructor() {
    jest.useFakeTimers({ now: start, doNotFake: ['nextTick', 'queueMicrotask', 'performance'] });
    this.records.of('shop').app = anApp();
    this.#stops.push(startControllers(this.cluster.store), runScriptedNode(this.cluster.store));
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
    jest.useRealTimers();
  }

  /** A release with its build; returns its id. */
  async release({ images, env = '', manifest }: ReleaseInput): Promise<string> {
    const text = manifest ?? manifestOf(Object.keys(images));
    const built = Object.entries(images).map(([service, image]) => ({
      service,
      image: `registry/shop@sha256:${image}`,
    }));
    const build = await this.builds.create(aBuild({ status: 'complete', images: built }));
    const latest = await this.releases.latest('shop');
    const release = await this.releases.create(
      {
        app: 'shop',
        build: build.id,
        manifest: text,
        description: '',
        created: '',
        actor: 'test',
        env,
      },
      latest?.id
    );
    return release.id;
  }

  begin(release: string): Promise<Promotion> {
    return this.promotions.begin({
      app: 'shop',
      release,
      previous: this.records.of('shop').app?.active ?? '',
      status: 'running',
      reason: '',
      cause: '',
      services: [],
      started: new Date().toISOString(),
      ended: '',
      actor: 'test',
      attempt: 1,
    });
  }

  /** Runs an execution of a promotion to its end; simulated time goes on meanwhile. */
  execute(
    { id }: Promotion,
    { attempt = 1, deps = this.deps, visit }: ExecuteOptions = {}
  ): Promise<Execution> {
    return this.advance(runMachine(deps, { app: 'shop', promotion: id, attempt }, visit));
  }

  /** Lets simulated time go on until the work is done. */
  async advance<Result>(work: Promise<Result>, limit = 3_600_000): Promise<Result> {
    let isDone = false;
    const done = () => {
      isDone = true;
    };
    work.then(done, done);
    for (let passed = 0; !isDone && passed < limit; passed += 100) {
      await jest.advanceTimersByTimeAsync(100);
    }
    if (!isDone) throw new Error('it does not end');
    return work;
  }

  async pass(milliseconds: number): Promise<void> {
    await jest.advanceTimersByTimeAsync(milliseconds);
  }

  /** Makes a release and promotes it; the end must be the given one. */
  async promote(input: ReleaseInput, options: ExecuteOptions = {}) {
    const promotion = await this.begin(await this.release(input));
    const execution = await this.execute(promotion, options);
    await this.pass(2_000);
    return { ...execution, id: promotion.id, release: promotion.release };
  }

  async cancel(mode: CancelMode = 'cancel'): Promise<void> {
    await this.promotions.requestCancel('shop', mode);
  }

  promotion(id: string): Promotion {
    const found = this.records.of('shop').promotions.get(id);
    if (!found) throw new Error(`there is no promotion ${id}`);
    return found;
  }

  /** The lines of a story; fails on a hole. */
  story(id: string): readonly string[] {
    const events = [...(this.records.of('shop').stories.get(id)?.values() ?? [])];
    const sorted = events.toSorted((one, other) => one.sequence - other.sequence);
    for (const [index, event] of sorted.entries()) {
      if (event.sequence !== index + 1) throw new Error(`the story has a hole at ${index + 1}`);
    }
    return sorted.map((it) => it.text);
  }

  /** What the app is in the cluster, without what every write changes. */
  async objects(): Promise<Readonly<Record<string, unknown>>> {
    const lists = await Promise.all(managedKinds.map((it) => this.cluster.list(it, namespace)));
    return Object.fromEntries(
      lists.flatMap((list) =>
        list.items
          .filter((it) => it.metadata.name !== 'rackless-active')
          .map((it) => [`${it.kind}/${it.metadata.name}`, comparable(it)])
      )
    );
  }

  live(kind: string, name: string): Promise<KubernetesObject> {
    return this.cluster.require({ kind, metadata: { name, namespace } });
  }

  async replicas(service: string): Promise<unknown> {
    const { spec } = (await this.live('Deployment', service)) as { spec?: { replicas?: number } };
    return spec?.replicas;
  }
}

interface ExecuteOptions {
  readonly attempt?: number;
  readonly deps?: EngineDependencies;
  readonly visit?: (state: string) => unknown;
}

const changing = new Set<string>(Object.values(objectLabels));

const comparable = ({ metadata, spec, data }: KubernetesObject & { data?: unknown }): unknown => ({
  uid: metadata.uid,
  labels: Object.fromEntries(
    Object.entries(metadata.labels ?? {}).filter(([name]) => !changing.has(name))
  ),
  annotations: Object.fromEntries(
    Object.entries(metadata.annotations ?? {}).filter(([name]) => !name.includes('revision'))
  ),
  spec: spec,
  data,
});
