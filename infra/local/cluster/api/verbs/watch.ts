import { setTimeout as delay } from 'node:timers/promises';
import type { RecordedChange } from '../../change-history.ts';
import type { MemoryStore } from '../../memory-store.ts';
import type { StoredObject } from '../../object-store.ts';
import { StatusError } from '../../status-error.ts';
import type { JsonObject } from '../json.ts';
import type { ApiRequest } from '../request.ts';
import { apiVersionOf } from '../resource-type.ts';
import { selectionOf } from '../selection.ts';

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: JsonObject;
}

/** Where a watch's events go. `send` is not called after `end`. */
export interface WatchSink {
  readonly send: (event: WatchEvent) => void;
  readonly end: () => void;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
}

export interface WatchTimes {
  readonly bookmarkMs: number;
  readonly timeoutMs: number;
}

type Selects = (object: StoredObject) => boolean;

const deletedAt = ({ object, resourceVersion }: RecordedChange): JsonObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: `${resourceVersion}` },
});

/** How a change looks through a selector: an object can enter and leave what is selected. */
const eventOf = (change: RecordedChange, selects: Selects): WatchEvent | undefined => {
  const { type, object, previous } = change;
  const before = type !== 'ADDED' && previous !== undefined && selects(previous);
  const after = type !== 'DELETED' && selects(object);
  if (before && !after) {
    return { type: 'DELETED', object: deletedAt(change) };
  }
  if (!after) {
    return undefined;
  }
  return { type: before ? 'MODIFIED' : 'ADDED', object };
};

const bookmark = (store: MemoryStore, { type }: ApiRequest, initial: boolean): WatchEvent => ({
  type: 'BOOKMARK',
  object: {
    kind: type.kind,
    apiVersion: apiVersionOf(type),
    metadata: {
      resourceVersion: `${store.resourceVersion}`,
      creationTimestamp: null,
      ...(initial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
    },
  },
});

/** Sends what came before the watch; false when that is not known any more. */
const sendPast = (store: MemoryStore, request: ApiRequest, sink: WatchSink): boolean => {
  const { query, type, namespace } = request;
  const selects = selectionOf(request);
  const start = query.get('resourceVersion') ?? '';
  const initial = query.get('sendInitialEvents') === 'true';
  if (initial || start === '' || start === '0') {
    for (const object of store.list(type.plural, { namespace }).filter(selects)) {
      sink.send({ type: 'ADDED', object });
    }
    if (initial && query.get('allowWatchBookmarks') === 'true') {
      sink.send(bookmark(store, request, true));
    }
    return true;
  }
  return sendHistory(store, request, sink);
};

const sendHistory = (store: MemoryStore, request: ApiRequest, sink: WatchSink): boolean => {
  const selects = selectionOf(request);
  try {
    for (const change of store.history.since(Number(request.query.get('resourceVersion')))) {
      sendChange(change, { request, selects, sink });
    }
    return true;
  } catch (error) {
    if (!(error instanceof StatusError)) {
      throw error;
    }
    sink.send({ type: 'ERROR', object: { ...error.toStatus() } });
    return false;
  }
};

interface Watching {
  readonly request: ApiRequest;
  readonly selects: Selects;
  readonly sink: WatchSink;
}

const sendChange = (change: RecordedChange, { request, selects, sink }: Watching): void => {
  const event = change.resource === request.type.plural ? eventOf(change, selects) : undefined;
  if (event !== undefined) {
    sink.send(event);
  }
};

const untilOver = async (signal: AbortSignal, ms: number): Promise<void> => {
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
};

/**
 * Streams the changes of what the request selects until its time is up or the client goes. A start
 * that is too old is one `ERROR` event with a 410 Status, as from the API server.
 */
export const watch = async (
  store: MemoryStore,
  request: ApiRequest,
  sink: WatchSink & { readonly times: WatchTimes }
): Promise<void> => {
  if (!sendPast(store, request, sink)) {
    sink.end();
    return;
  }
  const { bookmarkMs, timeoutMs } = sink.times;
  const selects = selectionOf(request);
  const stop = store.subscribe(request.type.plural, (change) => {
    sendChange(change, { request, selects, sink });
  });
  const bookmarks =
    request.query.get('allowWatchBookmarks') === 'true'
      ? setInterval(() => sink.send(bookmark(store, request, false)), bookmarkMs)
      : undefined;
  await untilOver(sink.signal, timeoutMs);
  clearInterval(bookmarks);
  stop();
  sink.end();
};
