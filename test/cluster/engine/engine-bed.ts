import { openCluster } from '#adapters/kubernetes/open-cluster.ts';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import type { Cluster } from '#core/kubernetes/ports.ts';
import type { EngineDependencies } from '#core/promotions/engine/run.ts';
import type { Promotion } from '#core/promotions/promotion.ts';
import { InMemoryApps } from '#test/fakes/in-memory-apps.ts';
import { InMemoryBuilds } from '#test/fakes/in-memory-builds.ts';
import { InMemoryDocuments } from '#test/fakes/in-memory-documents.ts';
import { InMemoryPromotionRecords } from '#test/fakes/in-memory-promotion-records.ts';
import { InMemoryPromotions } from '#test/fakes/in-memory-promotions.ts';
import { InMemoryRecords } from '#test/fakes/in-memory-records.ts';
import { InMemoryRegistries } from '#test/fakes/in-memory-registries.ts';
import { InMemoryReleases } from '#test/fakes/in-memory-releases.ts';
import { aBuild } from '#test/samples.ts';
import { anApp } from '../../unit/core/cluster-bed.ts';
import { type Execution, runMachine, sleepFor } from '../../unit/core/promotions/run-machine.ts';
import {
  type ConformanceBed,
  eventually,
  startConformanceBed,
} from '../conformance/conformance-bed.ts';

/** Answers on its port from the start, and ends at once when it is told to. */
export const serving =
  'mkdir -p /tmp/www; cd /tmp/www; echo ok > index.html; exec busybox httpd -f -p $PORT';
export const crashing = 'exit 1';

export interface ReleaseInput {
  /** The shell script that each service runs. */
  readonly scripts: Readonly<Record<string, string>>;
  readonly env?: string;
  /** More lines for each service, as they stand in the manifest. */
  readonly lines?: readonly string[];
  /** Instead of the bed's own; then the manifest is given as well. */
  readonly image?: string;
  readonly manifest?: string;
}

interface RunOptions {
  readonly attempt?: number;
  readonly deps?: EngineDependencies;
  readonly visit?: (state: string) => unknown;
}

const manifestOf = ({ scripts, lines = [] }: ReleaseInput): string =>
  [
    'services:',
    ...Object.entries(scripts).flatMap(([name, script]) => [
      `  ${name}:`,
      '    build: .',
      '    port: 3000',
      `    command: ${JSON.stringify(`sh -c '${script}'`)}`,
      '    health: { grace: 0, interval: 1 }',
      '    termination: { grace: 1 }',
      '    scale: { cpu: 1, memory: 16 }',
      ...lines.map((line) => `    ${line}`),
    ]),
    '',
  ].join('\n');

let apps = 0;

/** The promotion engine over the API of the cluster under test; what a rack keeps is in memory. */
export class EngineBed {
  readonly rack: string;
  readonly bed: ConformanceBed;
  readonly #namespaces = new Set<string>();

  private constructor(bed: ConformanceBed) {
    this.bed = bed;
    this.rack = `engine${process.pid.toString(36)}${Date.now().toString(36).slice(-4)}`;
  }

  static async start(): Promise<EngineBed> {
    return new EngineBed(await startConformanceBed());
  }

  /** An app of its own in a namespace of its own, gone with the bed. */
  app(cluster: Cluster = this.cluster(), rack = this.rack): EngineApp {
    apps += 1;
    const app = new EngineApp({ rack, image: this.bed.image }, `shop${apps}`, cluster);
    this.#namespaces.add(app.namespace);
    return app;
  }

  /** As the functions of a rack speak to it. */
  cluster(config = this.bed.config): Cluster {
    return openCluster(async () => config.exportConfig());
  }

  async close(): Promise<void> {
    for (const name of this.#namespaces) {
      await this.bed.api.call('DELETE', `/api/v1/namespaces/${name}`);
    }
    await this.bed.close();
  }
}

interface Place {
  readonly rack: string;
  readonly image: string;
}

export class EngineApp {
  readonly name: string;
  readonly namespace: string;
  readonly cluster: Cluster;
  readonly records = new InMemoryRecords();
  readonly promotions = new InMemoryPromotions(this.records);
  readonly deps: EngineDependencies;
  readonly #place: Place;
  readonly #builds = new InMemoryBuilds(this.records);
  readonly #releases = new InMemoryReleases(this.records);

  constructor(place: Place, name: string, cluster: Cluster) {
    this.#place = place;
    this.name = name;
    this.namespace = `${place.rack}-${name}`;
    this.cluster = cluster;
    this.records.of(name).app = anApp({ name });
    this.deps = {
      rack: place.rack,
      apps: new InMemoryApps(this.records),
      dataKeys: { open: async () => new Uint8Array(32) },
      releases: this.#releases,
      builds: this.#builds,
      registries: new InMemoryRegistries(),
      records: new InMemoryPromotionRecords(this.records),
      documents: new InMemoryDocuments(),
      cluster,
      clock: Date.now,
      sleep: sleepFor,
    };
  }

  get labels(): Readonly<Record<string, string>> {
    return { system: 'rackless', rack: this.#place.rack, app: this.name };
  }

  async release(input: ReleaseInput): Promise<string> {
    const { name: app } = this;
    const { image = this.#place.image } = input;
    const images = Object.keys(input.scripts).map((service) => ({ service, image }));
    const build = await this.#builds.create(aBuild({ app, status: 'complete', images }));
    const latest = await this.#releases.latest(app);
    const text = {
      manifest: input.manifest ?? manifestOf(input),
      env: input.env ?? '',
      description: '',
      created: '',
    };
    const release = await this.#releases.create(
      { app, build: build.id, actor: 'test', ...text },
      latest?.id
    );
    return release.id;
  }

  async begin(input: ReleaseInput, given: Partial<Promotion> = {}): Promise<Promotion> {
    const release = await this.release(input);
    const empty = { reason: '', cause: '', services: [], ended: '', actor: 'test', attempt: 1 };
    const previous = this.records.of(this.name).app?.active ?? '';
    const started = new Date().toISOString();
    const promotion = { ...empty, app: this.name, release, previous, started };
    return this.promotions.begin({ ...promotion, status: 'running', ...given });
  }

  run(
    { id }: Promotion,
    { attempt = 1, deps = this.deps, visit }: RunOptions = {}
  ): Promise<Execution> {
    return runMachine(deps, { app: this.name, promotion: id, attempt }, visit);
  }

  async promote(
    input: ReleaseInput,
    { given = {}, ...options }: RunOptions & { readonly given?: Partial<Promotion> } = {}
  ): Promise<Execution & { readonly promotion: Promotion; readonly story: readonly string[] }> {
    const begun = await this.begin(input, given);
    const execution = await this.run(begun, options);
    return { ...execution, promotion: this.promotion(begun.id), story: this.story(begun.id) };
  }

  /** A promotion that has to come out well, as something to go on from. */
  async promoted(input: ReleaseInput): Promise<void> {
    const { end, promotion, story } = await this.promote(input);
    if (end !== 'Promoted') throw new Error([end, promotion.cause, ...story].join('\n'));
  }

  promotion(id: string): Promotion {
    const found = this.records.of(this.name).promotions.get(id);
    if (!found) throw new Error(`there is no promotion ${id}`);
    return found;
  }

  story(id: string): readonly string[] {
    const events = [...(this.records.of(this.name).stories.get(id)?.values() ?? [])];
    return events.toSorted((one, other) => one.sequence - other.sequence).map((it) => it.text);
  }

  path(kind: 'deployments' | 'services' | 'secrets' | 'pods', name = ''): string {
    const group = kind === 'deployments' ? '/apis/apps/v1' : '/api/v1';
    return `${group}/namespaces/${this.namespace}/${kind}${name && `/${name}`}`;
  }

  async live(kind: string, name: string): Promise<KubernetesObject> {
    const namespace = kind === 'Namespace' ? undefined : this.namespace;
    const found = await this.cluster.get(kind, namespace, name);
    if (!found) throw new Error(`there is no ${kind} ${name}`);
    return found;
  }

  /** Names of all that carries the app's labels, as `Kind/name`. */
  async names(): Promise<readonly string[]> {
    const selector = Object.entries(this.labels).map(([key, value]) => `${key}=${value}`);
    const lists = await Promise.all(
      ['Secret', 'Service', 'Deployment'].map((it) =>
        this.cluster.list(it, this.namespace, selector.join(','))
      )
    );
    return lists.flatMap((it) => it.items.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  }

  /** Until the namespace is really gone. */
  namespaceGone(): Promise<unknown> {
    return eventually(
      () => this.cluster.get('Namespace', undefined, this.namespace),
      (it) => it === undefined
    );
  }
}
