import type { ContainerObservation, PodObservation } from '#core/verdicts/observation.ts';

/** A kind of release, and the first look at one of its processes that shows how it is broken. */
export interface Scenario {
  readonly name: string;
  /** The shell commands that a process of `web` runs; `good` is what a healthy one does. */
  readonly command: string;
  readonly image?: string;
  readonly memory?: number;
  readonly isShown: (pod: PodObservation) => boolean;
  /** What has to be done to the cluster while the release is promoted. */
  readonly sabotage?: 'missing-secret' | 'init-container';
}

/** The shell ends at once when it is told to, as a well-behaved process does. */
const serve =
  'mkdir -p /tmp/w && echo ok > /tmp/w/health && httpd -p 3000 -h /tmp/w; trap "exit 0" TERM; sleep 99999 & wait';

const exitedTwice = (container: ContainerObservation): boolean => container.exits >= 2;
const anyContainer =
  (test: (container: ContainerObservation) => boolean) =>
  ({ containers }: PodObservation): boolean =>
    containers.some(test);
const waitsFor = (...reasons: readonly string[]) =>
  anyContainer(({ waiting }) => reasons.includes(waiting?.reason ?? ''));
const never = (): boolean => false;

export const good: Scenario = { name: 'good', command: serve, isShown: never };

/** Rough at first, and none of them may be rolled back. */
export const roughButGood: readonly Scenario[] = [
  { name: 'answers-after-30-s', command: `sleep 30; ${serve}`, isShown: never },
  {
    // Shared memory belongs to the pod: it outlives a container.
    name: 'exits-once',
    command: `test -f /dev/shm/once || { touch /dev/shm/once; exit 1; }; ${serve}`,
    isShown: never,
  },
];

export const broken: readonly Scenario[] = [
  { name: 'crash-loop', command: 'exit 1', isShown: anyContainer(exitedTwice) },
  {
    name: 'missing-image',
    command: serve,
    image: 'bed/no-such-image:1',
    isShown: waitsFor('ErrImagePull', 'ImagePullBackOff'),
  },
  {
    name: 'missing-secret',
    command: serve,
    sabotage: 'missing-secret',
    isShown: waitsFor('CreateContainerConfigError'),
  },
  {
    name: 'out-of-memory',
    command: 'tail /dev/zero',
    memory: 16,
    isShown: anyContainer(exitedTwice),
  },
  {
    name: 'failing-init-container',
    command: serve,
    sabotage: 'init-container',
    isShown: anyContainer((it) => it.isInit && exitedTwice(it)),
  },
];

export interface ManifestInput {
  readonly registry: string;
  readonly image: string;
  /** Changes the environment of both services, so that all their processes are replaced. */
  readonly round: string;
  /** `health:` of both services. */
  readonly health?: string | Readonly<Record<string, unknown>>;
}

/** Two services of two processes; `web` is as the scenario wants it. */
export const manifestOf = (
  { command, image, memory = 32, sabotage }: Scenario,
  { registry, image: tools, round, health = '/health' }: ManifestInput
): string => {
  const service = (name: string, run: string, rest: object) => ({
    [name]: {
      image: tools,
      command: `sh -c '${run}'`,
      port: 3000,
      health,
      environment: [`ROUND=${round}`],
      ...rest,
    },
  });
  const scale = (size: number) => ({ count: 2, cpu: 10, memory: size });
  const web = {
    ...(image && { image: `${registry}/${image}` }),
    ...(sabotage === 'init-container' && { labels: { sabotage } }),
    scale: scale(memory),
  };
  const services = {
    ...service('web', command, web),
    ...service('api', serve, { scale: scale(32) }),
  };
  // Every JSON document is a YAML one.
  return JSON.stringify({ services });
};
