import { setTimeout as pause } from 'node:timers/promises';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import type { Cluster } from '#core/kubernetes/ports.ts';
import { annotations } from '#core/rendering/labels.ts';
import { observeDeployment, observePod, type PodObservation } from '#core/verdicts/observation.ts';

const interval = 100;

/** When a look at the cluster first showed something, milliseconds since 1970. */
export interface Moments {
  /** A Deployment has changed. */
  readonly applied?: number;
  /** Every Deployment has all its processes ready, by the template that it has by then. */
  readonly ready?: number;
  /** A process of the new release shows how it is broken. */
  readonly shown?: number;
  /** The changed Deployments have the old template again. */
  readonly taken?: number;
  /** The old objects are back, the old processes are all ready, and none of the new release stays. */
  readonly restored?: number;
  /** And the last process of the new release has left. */
  readonly gone?: number;
}

interface Look {
  readonly deployments: readonly KubernetesObject[];
  readonly pods: readonly KubernetesObject[];
}

type Templates = ReadonlyMap<string, string>;

/** Looks at one namespace every 100 ms, independently of who changes it. */
export class RolloutWatch {
  readonly #cluster: Cluster;
  readonly #namespace: string;
  readonly #isShown: (pod: PodObservation) => boolean;
  #moments: Moments = {};
  #isOver = false;
  #before: Templates = new Map();
  #generations = '';
  #loop: Promise<void> = Promise.resolve();

  constructor(
    cluster: Cluster,
    namespace: string,
    isShown: (pod: PodObservation) => boolean = () => false
  ) {
    this.#cluster = cluster;
    this.#namespace = namespace;
    this.#isShown = isShown;
  }

  /** Resolves after the first look: that is how things stand before. */
  async start(): Promise<void> {
    const { deployments } = await this.#look();
    this.#before = templatesOf(deployments);
    this.#generations = generationsOf(deployments);
    this.#loop = this.#run();
  }

  /** Resolves once this has been seen, or after so many milliseconds. */
  async until(moment: keyof Moments, atMost: number): Promise<void> {
    const end = Date.now() + atMost;
    while (this.#moments[moment] === undefined && Date.now() < end) await pause(interval / 2);
  }

  async stop(): Promise<Moments> {
    this.#isOver = true;
    await this.#loop;
    return this.#moments;
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const next = Date.now() + interval;
      const look = await this.#look().catch(() => undefined);
      if (look) this.#take(look, Date.now());
      await pause(Math.max(0, next - Date.now()));
    }
  }

  async #look(): Promise<Look> {
    const [deployments, pods] = await Promise.all([
      this.#cluster.list('Deployment', this.#namespace),
      this.#cluster.list('Pod', this.#namespace),
    ]);
    return { deployments: deployments.items, pods: pods.items };
  }

  #take({ deployments, pods }: Look, at: number): void {
    const strangers = pods.filter((it) => !this.#isOld(it));
    const isApplied = generationsOf(deployments) !== this.#generations;
    this.#note('applied', isApplied, at);
    if (!this.#moments.applied) return;
    this.#note('shown', strangers.map(observePod).some(this.#isShown), at);
    const now = templatesOf(deployments);
    this.#note('ready', isFull(now, { deployments, pods }), at);
    const isBack = [...this.#before].every(([name, template]) => now.get(name) === template);
    const hasLeft = this.#moments.taken !== undefined || this.#hasBeenChanged;
    if (!isBack) this.#hasBeenChanged = true;
    this.#note('taken', isBack && hasLeft, at);
    const isRestored =
      this.#moments.taken !== undefined &&
      isFull(this.#before, { deployments, pods }) &&
      strangers.every((it) => it.metadata.deletionTimestamp);
    this.#note('restored', isRestored, at);
    this.#note('gone', isRestored && strangers.length === 0, at);
  }

  #hasBeenChanged = false;

  #note(moment: keyof Moments, isSo: boolean, at: number): void {
    if (isSo && this.#moments[moment] === undefined) {
      this.#moments = { ...this.#moments, [moment]: at };
    }
  }

  #isOld(pod: KubernetesObject): boolean {
    return [...this.#before.values()].includes(markOf(pod));
  }
}

const isFull = (templates: Templates, { deployments, pods }: Look): boolean =>
  deployments.every((deployment) => {
    const { desired, isCurrent } = observeDeployment(deployment);
    const mark = templates.get(deployment.metadata.name);
    const ready = pods.filter(
      (it) => markOf(it) === mark && !it.metadata.deletionTimestamp && observePod(it).isReady
    );
    return isCurrent && ready.length >= desired;
  });

const markOf = ({ metadata }: KubernetesObject): string =>
  metadata.annotations?.[annotations.template] ?? '';

const templatesOf = (deployments: readonly KubernetesObject[]): Templates =>
  new Map(
    deployments.map((it) => {
      const { template } = it['spec'] as { template: KubernetesObject };
      return [it.metadata.name, markOf(template)];
    })
  );

const generationsOf = (deployments: readonly KubernetesObject[]): string =>
  deployments
    .map((it) => `${it.metadata.name} ${it.metadata.generation}`)
    .toSorted()
    .join();
