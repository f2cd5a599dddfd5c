import type { MemoryStore } from '../memory-store.ts';
import type { StoredObject } from '../object-store.ts';
import { StatusError } from '../status-error.ts';
import { EventRecorder } from './event-recorder.ts';
import { WorkQueue } from './work-queue.ts';

/** The object that a key names. */
export interface ObjectKey {
  readonly namespace: string | undefined;
  readonly name: string;
}

const keyText = ({ namespace, name }: ObjectKey): string => `${namespace ?? ''}/${name}`;

export const keyOf = ({ metadata }: StoredObject): ObjectKey => ({
  namespace: metadata?.namespace,
  name: metadata?.name ?? '',
});

const parseKey = (text: string): ObjectKey => {
  const [namespace, name = ''] = text.split('/');
  return { namespace: namespace === '' ? undefined : namespace, name };
};

/** What a reconciliation works with. */
export interface Tools {
  readonly store: MemoryStore;
  readonly events: EventRecorder;
  readonly now: () => Date;
  /** Looks at the same key again after `ms`. */
  readonly again: (ms: number) => void;
}

type KeysOf = (object: StoredObject, store: MemoryStore) => readonly ObjectKey[];

export interface ControllerSpec {
  /** As it stands in events: `deployment-controller`. */
  readonly name: string;
  /** What it looks after, by plural name. */
  readonly resource: string;
  /** Other resources, with the keys that a change of one of their objects concerns. */
  readonly watches: Readonly<Record<string, KeysOf>>;
  /** Brings the cluster one step nearer to what the object asks for; it may be gone. */
  readonly reconcile: (key: ObjectKey, tools: Tools) => void;
}

/** How long after a refused write the same key is looked at again. */
const retryMs = 1000;

/** Runs a controller; the returned function stops it. */
export const runController = (store: MemoryStore, spec: ControllerSpec): (() => void) => {
  const now = (): Date => new Date();
  const events = new EventRecorder(store, spec.name);
  const queue = new WorkQueue((text) => {
    const again = (ms: number): void => queue.addAfter(text, ms);
    try {
      spec.reconcile(parseKey(text), { store, events, now, again });
    } catch (error) {
      if (!(error instanceof StatusError)) {
        throw error;
      }
      again(retryMs);
    }
  });
  const stops = [
    store.subscribe(spec.resource, ({ object }) => queue.add(keyText(keyOf(object)))),
    ...Object.entries(spec.watches).map(([resource, keysOf]) =>
      store.subscribe(resource, ({ object }) => {
        for (const key of keysOf(object, store)) {
          queue.add(keyText(key));
        }
      })
    ),
  ];
  for (const object of store.list(spec.resource)) {
    queue.add(keyText(keyOf(object)));
  }
  return () => {
    for (const stop of stops) {
      stop();
    }
    queue.close();
  };
};
