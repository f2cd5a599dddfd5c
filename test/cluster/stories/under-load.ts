import { setTimeout as pause } from 'node:timers/promises';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import { restartService } from '#core/services/restart-service.ts';
import { scaleService } from '#core/services/scale-service.ts';
import { observePod } from '#core/verdicts/observation.ts';
import { type Load, startLoad } from '../../bench/load/start-load.ts';
import type { Tallies } from '../../bench/load/tally.ts';
import { at, eventually } from '../conformance/conformance-bed.ts';
import type { EngineApp, EngineBed } from '../engine/engine-bed.ts';

export interface LoadReport {
  /** Over connections that are kept, by what went on meanwhile. */
  readonly kept: Tallies;
  /** Over a new connection for each request. */
  readonly fresh: Tallies;
  /** How each promotion ended. */
  readonly ends: Readonly<Record<string, string>>;
}

const key = { service: 'web' };
const load = { connections: 4, pause: 10, seconds: 300 } as const;

/** Two processes with a health check; its program drains for a second. */
const manifestOf = (round: string, { mode = 'good', maximum = 200 } = {}): string => `
services:
  web:
    build: .
    port: 3000
    health: { grace: 0, interval: 1, timeout: 1 }
    deployment: { maximum: ${maximum} }
    environment: [ROUND=${round}, MODE=${mode}]
    scale: { count: 2, cpu: 10, memory: 32 }
`;

/** All that a rack does to a service that has to stay up, while clients keep asking it. */
export const rollUnderLoad = async (bed: EngineBed, image: string): Promise<LoadReport> => {
  const story = new LoadStory(bed, image);
  const url = await story.begin();
  const loads = [true, false].map((keepAlive) => startLoad({ ...load, url, keepAlive }));
  const stopped = () => Promise.all(loads.map((it) => it.stop()));
  try {
    await story.run(loads);
    const [kept = {}, fresh = {}] = await stopped();
    return { kept, fresh, ends: story.ends };
  } catch (error) {
    await stopped();
    throw error;
  }
};

class LoadStory {
  readonly ends: Record<string, string> = {};
  readonly #app: EngineApp;
  readonly #image: string;
  readonly #services: Parameters<typeof scaleService>[0] & Parameters<typeof restartService>[0];

  constructor(bed: EngineBed, image: string) {
    this.#app = bed.app();
    this.#image = image;
    const { apps, cluster, clock } = this.#app.deps;
    this.#services = { rack: bed.rack, domain: '', apps, cluster, clock };
  }

  /** The first release; resolves to where its Service answers. */
  async begin(): Promise<string> {
    await this.#app.promoted(this.#release('first'));
    const service = await this.#app.live('Service', 'web');
    const url = `http://${at(service, 'spec', 'clusterIP')}:3000/`;
    await this.#requireOurs(url);
    return url;
  }

  /** Without a kube-proxy on this machine the requests would go to whoever has that address outside. */
  async #requireOurs(url: string): Promise<void> {
    for (let tries = 0; tries < 20; tries++) {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(
        () => undefined
      );
      if ((await answer?.text()) === this.#app.records.of(this.#app.name).app?.active) return;
      await pause(500);
    }
    throw new Error(
      `${url} does not lead to our processes: is this machine a node of the cluster?`
    );
  }

  async run(loads: readonly Load[]): Promise<void> {
    const app = { ...key, app: this.#app.name };
    const steps: Readonly<Record<string, () => Promise<unknown>>> = {
      deploy: () => this.#promote('deploy', {}),
      'crash-loop': () => this.#promote('crash-loop', { mode: 'crash' }),
      'scale-up': () => scaleService(this.#services)({ ...app, count: 4 }),
      'scale-down': () => scaleService(this.#services)({ ...app, count: 2 }),
      cancel: () => this.#cancel(),
      restart: () => this.#restart(),
    };
    for (const [name, step] of Object.entries(steps)) {
      for (const it of loads) it.phase(name);
      await step();
      await this.#settled(name === 'scale-up' ? 4 : 2);
    }
  }

  #release(round: string, options: Parameters<typeof manifestOf>[1] = {}) {
    const manifest = manifestOf(round, options);
    return { scripts: { web: '' }, image: this.#image, manifest };
  }

  async #promote(name: string, options: Parameters<typeof manifestOf>[1]): Promise<void> {
    this.ends[name] = (await this.#app.promote(this.#release(name, options))).end;
  }

  /** One process of the new release answers already, and one of the old has been told to leave. */
  async #cancel(): Promise<void> {
    const running = this.#app.promote(this.#release('cancel', { maximum: 150 }));
    await eventually(
      () => this.#pods(),
      (pods) => pods.some(isLeaving)
    );
    await this.#app.promotions.requestCancel(this.#app.name, 'cancel');
    this.ends['cancel'] = (await running).end;
  }

  async #restart(): Promise<void> {
    const before = new Set((await this.#pods()).map((it) => it.metadata.uid));
    await restartService(this.#services)({ ...key, app: this.#app.name });
    await eventually(
      () => this.#pods(),
      (pods) => pods.every((it) => !before.has(it.metadata.uid))
    );
  }

  /** As many processes as wanted, all ready, and none that is still leaving. */
  async #settled(count: number): Promise<void> {
    await eventually(
      () => this.#pods(),
      (pods) => pods.length === count && pods.every((it) => observePod(it).isReady)
    );
    await pause(500);
  }

  async #pods(): Promise<readonly KubernetesObject[]> {
    return (await this.#app.cluster.list('Pod', this.#app.namespace)).items;
  }
}

const isLeaving = ({ metadata }: KubernetesObject): boolean =>
  metadata.deletionTimestamp !== undefined;
