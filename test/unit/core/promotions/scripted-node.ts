import type { MemoryStore } from '#infra/local/cluster/memory-store.ts';
import { type Pod, read, stored } from '#infra/local/cluster/wire.ts';

type ContainerStatus = Readonly<Record<string, unknown>>;

/** What a container shows, so many milliseconds after its pod was scheduled. */
export type Script = readonly (readonly [number, ContainerStatus])[];

const at = '2026-01-01T00:00:00Z';
const running = (restartCount = 0, ready = true): ContainerStatus => ({
  ready,
  restartCount,
  state: { running: { startedAt: at } },
});
const ended = (restartCount: number, exit: object = {}): ContainerStatus => ({
  ready: false,
  restartCount,
  state: { terminated: { exitCode: 1, reason: 'Error', ...exit } },
});
const waiting = (reason: string, message = ''): ContainerStatus => ({
  ready: false,
  restartCount: 0,
  state: { waiting: { reason, message } },
});

/** What images do, by the word in their name; any other gets ready after half a second. */
const scripts: Readonly<Record<string, Script>> = {
  good: [[500, running()]],
  slow: [
    [500, running(0, false)],
    [30_000, running()],
  ],
  crash: [
    [500, running(0, false)],
    [900, ended(0)],
    [1_100, running(1, false)],
    [1_500, ended(1)],
  ],
  'once-down': [
    [500, running(0, false)],
    [900, ended(0)],
    [1_100, running(1)],
  ],
  missing: [
    [300, waiting('ErrImagePull', 'rpc error: manifest unknown: not found')],
    [12_000, waiting('ImagePullBackOff', 'Back-off pulling image')],
  ],
  never: [[500, running(0, false)]],
  stuck: [],
};

interface Key {
  readonly namespace: string | undefined;
  readonly name: string;
}

/** Stands in for the node: pods do what their image's script says, deleted ones go. */
export const runScriptedNode = (store: MemoryStore): (() => void) => {
  const begun = new Set<string>();
  const once = (what: string, begin: () => void): void => {
    if (begun.has(what)) return;
    begun.add(what);
    begin();
  };
  return store.subscribe('pods', ({ type, object }) => {
    if (type === 'DELETED') return;
    const { metadata, spec } = read<Pod>(object);
    const { uid = '', namespace, name = '', deletionTimestamp } = metadata ?? {};
    if (deletionTimestamp) once(`end ${uid}`, () => endLater(store, { namespace, name }));
    if (spec?.nodeName) once(uid, () => play(store, { namespace, name }, spec));
  });
};

const endLater = (store: MemoryStore, { namespace, name }: Key): void => {
  setTimeout(() => store.remove('pods', namespace, name), 200);
};

const play = (store: MemoryStore, key: Key, { containers }: NonNullable<Pod['spec']>): void => {
  for (const [delay, status] of scriptOf(containers[0]?.image ?? '')) {
    setTimeout(() => show(store, key, status), delay);
  }
};

const scriptOf = (image: string): Script =>
  Object.entries(scripts).find(([word]) => image.includes(word))?.[1] ?? scripts['good'] ?? [];

const show = (store: MemoryStore, key: Key, status: ContainerStatus): void => {
  if (!store.get('pods', key.namespace, key.name)) return;
  store.modify('pods', key, (latest) => {
    const pod = read<Pod>(latest);
    const { state } = status as { state?: { waiting?: object } };
    const container = {
      name: pod.spec?.containers[0]?.name ?? '',
      image: '',
      imageID: '',
      ...status,
    };
    const conditions = (pod.status?.conditions ?? []).filter((it) => it.type !== 'Ready');
    return stored({
      ...pod,
      status: {
        ...pod.status,
        phase: state?.waiting ? 'Pending' : 'Running',
        containerStatuses: [container],
        conditions: [...conditions, { type: 'Ready', status: status['ready'] ? 'True' : 'False' }],
      },
    } as Pod);
  });
};
