import type { MemoryStore } from '../memory-store.ts';
import type { StoredObject } from '../object-store.ts';
import { microTimestamp, timestamp } from '../timestamp.ts';

export interface EventText {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

let counter = 0;

/** Event names must differ even within one moment. */
const eventName = (object: string): string => {
  counter += 1;
  return `${object}.${(BigInt(Date.now()) * 1_000_000n + BigInt(counter)).toString(16)}`;
};

const sameEvent =
  (involved: StoredObject, { reason, message }: EventText) =>
  (event: StoredObject): boolean =>
    event['reason'] === reason &&
    event['message'] === message &&
    (event['involvedObject'] as { uid?: string } | undefined)?.uid === involved.metadata?.uid;

/** Writes Events as a component of the cluster does: one that repeats raises its count. */
export class EventRecorder {
  readonly #store: MemoryStore;
  readonly #component: string;

  constructor(store: MemoryStore, component: string) {
    this.#store = store;
    this.#component = component;
  }

  record(involved: StoredObject, text: EventText): void {
    const namespace = involved.metadata?.namespace ?? 'default';
    const earlier = this.#store.list('events', { namespace }).find(sameEvent(involved, text));
    if (earlier === undefined) {
      this.#create(involved, text);
      return;
    }
    this.#store.update('events', {
      ...earlier,
      count: Number(earlier['count'] ?? 1) + 1,
      lastTimestamp: timestamp(new Date()),
    });
  }

  #create(involved: StoredObject, text: EventText): void {
    const { name = '', namespace = 'default', uid, resourceVersion } = involved.metadata ?? {};
    const { apiVersion, kind } = involved;
    const now = new Date();
    if (this.#store.get('namespaces', undefined, namespace) === undefined) {
      return;
    }
    this.#store.create('events', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: eventName(name), namespace },
      involvedObject: { apiVersion, kind, name, namespace, uid, resourceVersion },
      ...text,
      count: 1,
      firstTimestamp: timestamp(now),
      lastTimestamp: timestamp(now),
      eventTime: microTimestamp(now),
      source: { component: this.#component },
      reportingComponent: this.#component,
      reportingInstance: '',
    });
  }
}
