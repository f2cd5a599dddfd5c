import { namespaceOf } from '../../apps/app.ts';
import {
  ClusterError,
  ClusterSilentError,
  ClusterUnreachableError,
} from '../../kubernetes/cluster-error.ts';
import { appSelector } from '../../rendering/labels.ts';
import type { RenderedService } from '../../rendering/rendered-release.ts';
import { remember } from '../../verdicts/memory.ts';
import type { ServiceObservation } from '../../verdicts/observation.ts';
import { observeService } from '../../verdicts/observe-service.ts';
import type { Recorder } from '../../verdicts/recorder.ts';
import { scaleUpOf } from '../../verdicts/scale-up.ts';
import type { Memory } from '../../verdicts/verdict.ts';
import type { CancelMode } from '../ports.ts';
import type { ServiceProgress } from '../promotion.ts';
import { LiveView } from './live-view.ts';
import type { PromotionSession } from './session.ts';
import { tellEvent } from './tell-event.ts';

/** One look at the app: what there is, how long it has been so, whether somebody asked to stop. */
export interface Look {
  readonly observations: readonly ServiceObservation[];
  readonly memory: Memory;
  readonly cancel: CancelMode | undefined;
}

export interface WatchSpec<Conclusion> {
  readonly services: readonly RenderedService[];
  /** How the promotion stands while this goes on; also ends a `waiting` one. */
  readonly status: 'running' | 'rolling-back';
  /** A conclusion ends the watch; undefined goes on. */
  readonly conclude: (look: Look) => Conclusion | undefined;
  readonly waitingFor: (look: Look) => Readonly<Record<string, string>>;
  /** Takes down every look. */
  readonly recorder?: Recorder;
}

/** Rules that depend on time are looked at this often, however quiet the cluster is. */
const tick = 250;
/** One that takes longer was not spent on looking. */
const longestTick = 1_000;
const renewEvery = 2_000;
const saveEvery = 5_000;
/** A task gives way to the next well before Lambda's 15 minutes. */
const shift = 14 * 60_000;
/** So long without sight of the cluster, and waiting holds no function any more. */
const patience = 20_000;
/** When it was away already, or refuses us: the next wait is near. */
const shortPatience = 3_000;

/**
 * Holds watches on the app until there is a conclusion, and keeps story and checkpoint up to date.
 * `again`: the shift is over.
 * @throws ClusterUnreachableError, ClusterError when the cluster has been out of sight for too long.
 */
export const watchApp = async <Conclusion>(
  session: PromotionSession,
  spec: WatchSpec<Conclusion>
): Promise<Conclusion | 'again'> => {
  const { deps, run, plan, checkpoint } = session;
  const scaleUps = new Set<string>();
  const view = new LiveView({
    cluster: deps.cluster,
    namespace: namespaceOf(deps.rack, run.app),
    selector: appSelector({ rack: deps.rack, app: run.app }),
    eventsFrom: checkpoint.eventsFrom ?? plan.eventsFrom,
    clock: deps.clock,
    sleep: deps.sleep,
    onEvent: (event) => {
      tellEvent(session, event);
      const pod = scaleUpOf(event);
      if (pod) scaleUps.add(pod);
    },
  });
  try {
    return await new AppWatch(session, { view, scaleUps }, spec).run();
  } finally {
    view.close();
  }
};

/** What is there, and the pods for which an autoscaler gets a node. */
interface Sight {
  readonly view: LiveView;
  readonly scaleUps: ReadonlySet<string>;
}

class AppWatch<Conclusion> {
  readonly #session: PromotionSession;
  readonly #view: LiveView;
  readonly #scaleUps: ReadonlySet<string>;
  readonly #spec: WatchSpec<Conclusion>;
  readonly #started: number;
  #looked: number;
  #seen: number;
  /** How long it has looked in vain. */
  #missed = 0;
  #renewed = Number.NEGATIVE_INFINITY;
  #saved: number;
  #cancel: CancelMode | undefined;
  #shown = '';

  constructor(session: PromotionSession, { view, scaleUps }: Sight, spec: WatchSpec<Conclusion>) {
    this.#session = session;
    this.#view = view;
    this.#scaleUps = scaleUps;
    this.#spec = spec;
    this.#started = session.deps.clock();
    this.#looked = this.#started;
    this.#seen = this.#started;
    this.#saved = this.#started;
  }

  async run(): Promise<Conclusion | 'again'> {
    for (;;) {
      await this.#view.changed(tick);
      const now = this.#session.deps.clock();
      await this.#renew(now);
      const conclusion = this.#view.isCurrent ? await this.#look(now) : await this.#miss(now);
      if (conclusion !== undefined) return this.#concluded(conclusion);
      await this.#save(now);
      if (now - this.#started > shift) return 'again';
    }
  }

  async #renew(now: number): Promise<void> {
    if (now - this.#renewed < renewEvery) return;
    this.#renewed = now;
    this.#cancel = await this.#session.renew();
  }

  async #look(now: number): Promise<Conclusion | undefined> {
    // Time out of sight does not count: the first look after it counts one tick at most.
    const elapsed = Math.min(now - this.#looked, now - this.#seen + tick);
    this.#looked = now;
    this.#seen = now;
    this.#missed = 0;
    const observations = this.#observe(elapsed);
    const memory = remember(this.#session.checkpoint.memory, observations, elapsed);
    this.#session.checkpoint = { ...this.#session.checkpoint, memory };
    const look = { observations, memory, cancel: this.#cancel };
    this.#session.sayAnswer();
    const isOver = this.#spec.conclude(look) !== undefined;
    const [conclusion] = await Promise.all([
      isOver ? this.#confirm() : undefined,
      this.#show(look),
    ]);
    return conclusion;
  }

  /** Nothing is concluded from what may have changed a moment ago: the server is asked once more. */
  async #confirm(): Promise<Conclusion | undefined> {
    try {
      await this.#view.refresh();
    } catch (error) {
      if (isAnswer(error)) return undefined;
      throw error;
    }
    const observations = this.#observe(0);
    const memory = remember(this.#session.checkpoint.memory, observations, 0);
    return this.#spec.conclude({ observations, memory, cancel: this.#cancel });
  }

  #observe(elapsed: number): readonly ServiceObservation[] {
    const objects = [...this.#view.objects];
    const { services, recorder } = this.#spec;
    const observations = services.map((it) => observeService(it, objects, this.#scaleUps));
    recorder?.add(observations, elapsed);
    return observations;
  }

  /** Time in which the rack itself was held up, by its database for one, says nothing about the cluster. */
  async #miss(now: number): Promise<undefined> {
    this.#missed += Math.min(now - this.#looked, longestTick);
    this.#looked = now;
    const isShort = this.#session.checkpoint.waiting || this.#view.refused;
    if (this.#missed <= (isShort ? shortPatience : patience)) return;
    await this.#session.save();
    throw this.#view.refused ?? this.#view.silence ?? new ClusterSilentError();
  }

  /** Progress of each service, for live views; written only when it changes. */
  async #show(look: Look): Promise<void> {
    const waiting = this.#spec.waitingFor(look);
    const services = look.observations.map((it) => progressOf(it, waiting[it.service] ?? ''));
    const shown = JSON.stringify(services);
    if (shown === this.#shown) return;
    this.#shown = shown;
    await this.#session.deps.records.change(this.#session.hold, {
      services,
      status: this.#spec.status,
    });
  }

  async #save(now: number): Promise<void> {
    if (!(this.#session.hasNews || now - this.#saved > saveEvery)) return;
    this.#saved = now;
    await this.#session.save(this.#recorded);
  }

  /** Kept by the task, with what it makes of it. */
  #concluded(conclusion: Conclusion): Conclusion {
    this.#session.checkpoint = { ...this.#session.checkpoint, ...this.#recorded };
    return conclusion;
  }

  get #recorded(): { readonly recording?: string } {
    const recording = this.#spec.recorder?.packed;
    return recording === undefined ? {} : { recording };
  }
}

/** The server's no, or none: both are for the next look to find out. */
const isAnswer = (error: unknown): boolean =>
  error instanceof ClusterError || error instanceof ClusterUnreachableError;

const progressOf = (
  { service, deployment, fresh, old }: ServiceObservation,
  waiting: string
): ServiceProgress => ({
  service,
  desired: deployment?.desired ?? 0,
  updated: fresh.length,
  ready: fresh.filter((it) => it.isReady).length,
  old: old.length,
  waiting,
});
