import type { KubernetesObject } from '#core/kubernetes/object.ts';
import type { RenderedService } from '#core/rendering/rendered-release.ts';
import { judge } from '#core/verdicts/judge.ts';
import type { Unchanged } from '#core/verdicts/judge-service.ts';
import { remember } from '#core/verdicts/memory.ts';
import { observeService } from '#core/verdicts/observe-service.ts';
import { freshMemory, type Memory, type Verdict } from '#core/verdicts/verdict.ts';

/** A service with a readiness check and the default settings. */
export const aService = (
  name = 'web',
  policy: Partial<RenderedService['policy']> = {}
): RenderedService => ({
  name,
  fingerprint: name,
  identity: { release: 'RA', build: 'BA', buildDescription: '', gitSha: '' },
  secret: `env-${name}`,
  template: 'new',
  count: 1,
  hasReadiness: true,
  policy: { stable: 1, progressDeadline: 300, crashExits: 2, readyWithin: 60, ...policy },
});

/** A service without a port: ten seconds without an exit make it stable. */
export const aWorker = (): RenderedService => aService('web', { stable: 10 });

export const aDeployment = (given: {
  readonly name?: string;
  readonly replicas?: number;
  readonly updated?: number;
  readonly conditions?: readonly object[];
  readonly observed?: number;
}): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: given.name ?? 'web',
    namespace: 'atom-shop',
    generation: 2,
    labels: { service: given.name ?? 'web' },
  },
  spec: { replicas: given.replicas ?? 1 },
  status: {
    observedGeneration: given.observed ?? 2,
    updatedReplicas: given.updated ?? given.replicas ?? 1,
    replicas: given.replicas ?? 1,
    conditions: given.conditions ?? [],
  },
});

const at = '2026-01-01T00:00:00Z';

export const running = (restartCount = 0, ready = true) => ({
  ready,
  restartCount,
  state: { running: { startedAt: at } },
});

export const terminated = (restartCount: number, exit: object = {}) => ({
  ready: false,
  restartCount,
  state: { terminated: { exitCode: 1, reason: 'Error', startedAt: at, finishedAt: at, ...exit } },
});

export const waiting = (
  reason: string,
  message = '',
  last?: { readonly restarts: number; readonly exit: object }
) => ({
  ready: false,
  restartCount: last?.restarts ?? 0,
  state: { waiting: { reason, message } },
  ...(last && { lastState: { terminated: last.exit } }),
});

interface PodInput {
  readonly name?: string;
  readonly service?: string;
  readonly template?: string;
  readonly status?: object;
  readonly deleted?: boolean;
}

/** A pod of the new template with one container. */
export const aPod = (container: object, given: PodInput = {}): KubernetesObject => {
  const ready = 'ready' in container && container.ready === true;
  const waits = Object(container).state?.waiting !== undefined;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: given.name ?? 'web-1',
      namespace: 'atom-shop',
      labels: { service: given.service ?? 'web' },
      annotations: { 'rackless.dev/template': given.template ?? 'new' },
      ...(given.deleted && { deletionTimestamp: at }),
    },
    status: {
      phase: waits ? 'Pending' : 'Running',
      conditions: [
        { type: 'PodScheduled', status: 'True' },
        { type: 'Ready', status: ready ? 'True' : 'False' },
      ],
      containerStatuses: [{ name: 'shop', image: 'shop', imageID: '', ...container }],
      ...given.status,
    },
  };
};

/** What the cluster shows from so many milliseconds on. */
export type Scene = readonly [from: number, objects: readonly KubernetesObject[]];

export interface Rollout {
  readonly services?: readonly RenderedService[];
  readonly unchanged?: Readonly<Record<string, Unchanged>>;
  readonly scenes: readonly Scene[];
  readonly until?: number;
  /** Pods that an autoscaler gets a node for, from so many milliseconds on. */
  readonly scaleUps?: { readonly from: number; readonly pods: ReadonlySet<string> };
}

const tick = 250;

const promised = (scaleUps: Rollout['scaleUps'], now: number): ReadonlySet<string> =>
  scaleUps && scaleUps.from <= now ? scaleUps.pods : new Set();

/** Looks at a rollout as the Watch task does; the verdict and the time at which it came. */
export const watchRollout = ({
  services = [aService()],
  unchanged = {},
  scenes,
  until = 600_000,
  scaleUps,
}: Rollout): { readonly verdict: Verdict; readonly at: number } => {
  let memory: Memory = freshMemory;
  let verdict: Verdict = { kind: 'progressing', waiting: '' };
  for (let now = 0; now <= until; now += tick) {
    const objects = scenes.findLast(([from]) => from <= now)?.[1] ?? [];
    const nodes = promised(scaleUps, now);
    const observations = services.map((it) => observeService(it, objects, nodes));
    memory = remember(memory, observations, now === 0 ? 0 : tick);
    verdict = judge({ services, observations, unchanged, memory });
    if (verdict.kind !== 'progressing') return { verdict, at: now };
  }
  return { verdict, at: until };
};

/** What becomes of a rollout, in a word: `active`, `progressing`, or the reason of its failure. */
export const outcome = (rollout: Rollout): { readonly reason: string; readonly at: number } => {
  const { verdict, at } = watchRollout(rollout);
  return { reason: verdict.kind === 'failed' ? verdict.reason : verdict.kind, at };
};
