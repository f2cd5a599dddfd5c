import { randomBytes } from 'node:crypto';
import type { ObjectStore, StoredObject } from '../../object-store.ts';
import { type Clock, kubernetesTime } from '../clock.ts';
import { keyOf, type Pod } from '../wire-objects.ts';

export interface EventText {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

type CountedEvent = StoredObject & { readonly count?: number };

/** Writes Events as the kubelet's recorder does: one that comes again raises the count of the first. */
export class EventRecorder {
  readonly #store: ObjectStore;
  readonly #clock: Clock;
  readonly #names = new Map<string, Map<string, string>>();

  constructor(store: ObjectStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  normal(pod: Pod, reason: string, message: string): void {
    this.#record(pod, undefined, { type: 'Normal', reason, message });
  }

  warning(pod: Pod, reason: string, message: string): void {
    this.#record(pod, undefined, { type: 'Warning', reason, message });
  }

  /** An event of one container; `fieldPath` is `spec.containers{web}`. */
  ofContainer(pod: Pod, fieldPath: string, text: EventText): void {
    this.#record(pod, fieldPath, text);
  }

  /** Forgets what it counts for a pod that is gone. The events stay. */
  forget(pod: Pod): void {
    this.#names.delete(pod.metadata?.uid ?? '');
  }

  #record(pod: Pod, fieldPath: string | undefined, text: EventText): void {
    const { namespace, name: podName } = keyOf(pod);
    const uid = pod.metadata?.uid ?? '';
    const names = this.#names.get(uid) ?? new Map<string, string>();
    this.#names.set(uid, names);
    const same = JSON.stringify([fieldPath, text]);
    const known = names.get(same);
    if (known !== undefined && this.#count(namespace, known)) {
      return;
    }
    if (!this.#takesEvents(namespace)) {
      return;
    }
    const name = `${podName}.${randomBytes(8).toString('hex')}`;
    names.set(same, name);
    this.#store.create('events', this.#event(pod, { name, namespace, fieldPath }, text));
  }

  /** A namespace that is being deleted takes nothing new. */
  #takesEvents(namespace: string): boolean {
    const found = this.#store.get('namespaces', undefined, namespace);
    return found !== undefined && found.metadata?.deletionTimestamp === undefined;
  }

  #count(namespace: string, name: string): boolean {
    const counted = this.#store.modify('events', { namespace, name }, (event) => ({
      ...event,
      count: ((event as CountedEvent).count ?? 1) + 1,
      lastTimestamp: kubernetesTime(this.#clock.now()),
    }));
    return counted !== undefined;
  }

  #event(
    pod: Pod,
    {
      name,
      namespace,
      fieldPath,
    }: { name: string; namespace: string; fieldPath: string | undefined },
    text: EventText
  ): StoredObject {
    const now = kubernetesTime(this.#clock.now());
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: {
        apiVersion: 'v1',
        kind: 'Pod',
        namespace,
        name: keyOf(pod).name,
        uid: pod.metadata?.uid,
        resourceVersion: pod.metadata?.resourceVersion,
        ...(fieldPath === undefined ? {} : { fieldPath }),
      },
      ...text,
      source: { component: 'kubelet', host: 'local' },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      eventTime: null,
      reportingComponent: 'kubelet',
      reportingInstance: 'local',
    };
  }
}
