import { ClusterError, ClusterUnreachableError } from '#core/kubernetes/cluster-error.ts';
import { collectionPath, type KubernetesObject, objectPath } from '#core/kubernetes/object.ts';
import type {
  Cluster,
  FollowLogsRequest,
  LogRequest,
  ObjectList,
  WatchRequest,
  WriteOptions,
} from '#core/kubernetes/ports.ts';
import { handle } from '#infra/local/cluster/api/handle.ts';
import { type ApiRequest, parseTarget } from '#infra/local/cluster/api/request.ts';
import { type WatchEvent, watch } from '#infra/local/cluster/api/verbs/watch.ts';
import { MemoryStore } from '#infra/local/cluster/memory-store.ts';
import { StatusError } from '#infra/local/cluster/status-error.ts';

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

interface Call {
  readonly method: string;
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  readonly contentType?: string;
}

export interface LoggedLine {
  readonly at: string;
  readonly text: string;
}

/**
 * The port `Cluster` over the API code of the embedded cluster, in process: the same uids, resource
 * versions, 409s, field owners and watches, but no controllers, no kubelet and no HTTP. Objects stay
 * as they are until the test moves them (`setStatus`, `setLog`, `put`). Deleting a namespace takes
 * all that is in it, at once, unless `namespacesLinger`.
 */
export class InMemoryCluster implements Cluster {
  readonly store = new MemoryStore();
  /** Every write and log read, as `POST /api/v1/…`; newest last. */
  readonly calls: string[] = [];
  /** While true, each call ends as if there were no answer. */
  unreachable: boolean = false;
  namespacesLinger: boolean = false;
  readonly #logs = new Map<string, readonly LoggedLine[]>();
  readonly #onLog = new Set<(key: string) => void>();
  readonly #refusals: { readonly matches: (call: string) => boolean; readonly error: Error }[] = [];

  async get(kind: string, namespace: string | undefined, name: string) {
    try {
      return this.#call({ method: 'GET', path: objectPath(kind, namespace, name) });
    } catch (error) {
      if (error instanceof ClusterError && error.status === 404) return undefined;
      throw error;
    }
  }

  async list(kind: string, namespace: string | undefined, selector?: string): Promise<ObjectList> {
    const answer = this.#call({
      method: 'GET',
      path: collectionPath(kind, namespace),
      query: { labelSelector: selector },
    }) as unknown as RawList;
    return {
      items: answer.items.map((item) => ({ ...item, apiVersion: answer.apiVersion, kind })),
      resourceVersion: answer.metadata.resourceVersion,
    };
  }

  async create(object: KubernetesObject, options: WriteOptions): Promise<KubernetesObject> {
    return this.#call({
      method: 'POST',
      path: collectionPath(object.kind, object.metadata.namespace),
      query: queryOf(options),
      body: object,
    });
  }

  async apply(object: KubernetesObject, options: WriteOptions): Promise<KubernetesObject> {
    return this.#call({
      method: 'PATCH',
      path: pathOf(object),
      query: { ...queryOf(options), force: options.force ?? false },
      body: object,
      contentType: 'application/apply-patch+yaml',
    });
  }

  async patch(
    object: KubernetesObject,
    patch: object,
    options: WriteOptions
  ): Promise<KubernetesObject> {
    return this.#call({
      method: 'PATCH',
      path: pathOf(object),
      query: queryOf(options),
      body: patch,
      contentType: 'application/merge-patch+json',
    });
  }

  async remove(
    object: KubernetesObject,
    { asRead = false }: { readonly asRead?: boolean } = {}
  ): Promise<void> {
    const { uid, name, resourceVersion } = object.metadata;
    const version = asRead && { resourceVersion };
    const preconditions = uid === undefined ? {} : { preconditions: { uid, ...version } };
    try {
      const body = { propagationPolicy: 'Background', ...preconditions };
      this.#call({ method: 'DELETE', path: pathOf(object), body });
    } catch (error) {
      if (!(error instanceof ClusterError && error.status === 404)) throw error;
    }
    if (object.kind === 'Namespace' && !this.namespacesLinger) this.finishNamespace(name);
  }

  async watch(request: WatchRequest): Promise<'closed' | 'expired'> {
    const { kind, namespace, selector, resourceVersion, signal } = request;
    this.#requireAnswer('GET watch');
    let end: 'closed' | 'expired' = 'closed';
    const send = ({ type, object }: WatchEvent): void => {
      if (type === 'ERROR') end = 'expired';
      else if (type !== 'BOOKMARK') request.onChange(type, object as unknown as KubernetesObject);
    };
    await watch(
      this.store,
      requestOf({
        method: 'GET',
        path: collectionPath(kind, namespace),
        query: { labelSelector: selector, resourceVersion },
      }),
      { send, end: () => undefined, signal, times: { bookmarkMs: 60_000, timeoutMs: 3_600_000 } }
    );
    return end;
  }

  async logs(request: LogRequest): Promise<string> {
    this.#record('GET', `${objectPath('Pod', request.namespace, request.pod)}/log`);
    const { since, tail } = logSelection(request);
    const lines =
      this.#logs.get(logKey(request))?.filter(({ at }) => Date.parse(at) >= since) ?? [];
    const text = lines
      .slice(-tail)
      .map(({ at, text: line }) => (request.timestamps ? `${at} ${line}\n` : `${line}\n`))
      .join('');
    return Buffer.from(text).subarray(0, request.limitBytes).toString();
  }

  async followLogs(request: FollowLogsRequest): Promise<void> {
    this.#requireAnswer('GET follow');
    const { signal, onOutput } = request;
    const key = logKey(request);
    onOutput();
    await new Promise<void>((resolve) => {
      const onLog = (written: string): void => (written === key ? onOutput() : undefined);
      this.#onLog.add(onLog);
      signal.addEventListener('abort', () => {
        this.#onLog.delete(onLog);
        resolve();
      });
    });
  }

  /** Puts an object there as a controller would have; creates its namespace when missing. */
  async put(object: KubernetesObject): Promise<KubernetesObject> {
    const { namespace } = object.metadata;
    if (namespace && !this.store.get('namespaces', undefined, namespace)) {
      await this.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    }
    const { status, ...rest } = object;
    await this.create(rest as KubernetesObject, { fieldManager: 'test' });
    return status ? this.setStatus(object, status as object) : this.require(object);
  }

  /** Merges into the status of an object, as its controller or the kubelet would. */
  async setStatus(
    { kind, metadata }: Pick<KubernetesObject, 'kind' | 'metadata'>,
    status: object
  ): Promise<KubernetesObject> {
    const { type } = requestOf({ method: 'GET', path: collectionPath(kind, metadata.namespace) });
    this.store.modify(type.plural, metadata, (it) => ({
      ...it,
      status: { ...(it.status as object), ...status },
    }));
    return this.require({ kind, metadata });
  }

  async require({
    kind,
    metadata,
  }: Pick<KubernetesObject, 'kind' | 'metadata'>): Promise<KubernetesObject> {
    const found = await this.get(kind, metadata.namespace, metadata.name);
    if (!found) throw new Error(`there is no ${kind} ${metadata.name}`);
    return found;
  }

  setLog(
    container: Pick<LogRequest, 'namespace' | 'pod' | 'container' | 'previous'>,
    lines: readonly LoggedLine[]
  ): void {
    this.#logs.set(logKey(container), lines);
    for (const onLog of this.#onLog) onLog(logKey(container));
  }

  /** The next call whose text (`POST /api/v1/…`) fits ends with this error. */
  refuseNext(matches: (call: string) => boolean, error: Error): void {
    this.#refusals.push({ matches, error });
  }

  /** What the namespace controller does in the end. */
  finishNamespace(name: string): void {
    for (const [resource, objects] of Object.entries(this.store.snapshot().objects)) {
      for (const { metadata } of objects.filter((it) => it.metadata?.namespace === name)) {
        this.store.remove(resource, name, metadata?.name ?? '');
      }
    }
    this.store.remove('namespaces', undefined, name);
  }

  #call(call: Call): KubernetesObject {
    this.#record(call.method, call.path);
    try {
      const request = requestOf(call);
      return structuredClone(
        handle({ store: this.store, request, warnings: [] }).body
      ) as unknown as KubernetesObject;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      throw new ClusterError(error.code, error, { cause: error });
    }
  }

  #record(method: string, path: string): void {
    const call = `${method} ${path}`;
    this.#requireAnswer(call);
    if (method !== 'GET' || path.endsWith('/log')) this.calls.push(call);
  }

  #requireAnswer(call: string): void {
    if (this.unreachable) throw new ClusterUnreachableError('the cluster does not answer');
    const index = this.#refusals.findIndex(({ matches }) => matches(call));
    if (index === -1) return;
    const [refusal] = this.#refusals.splice(index, 1);
    throw refusal?.error;
  }
}

interface RawList {
  readonly apiVersion: string;
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly KubernetesObject[];
}

const pathOf = ({ kind, metadata }: KubernetesObject): string =>
  objectPath(kind, metadata.namespace, metadata.name);

const queryOf = ({ fieldManager, dryRun }: WriteOptions): Query => ({
  fieldManager,
  dryRun: dryRun ? 'All' : undefined,
});

const requestOf = ({ method, path, query = {}, body, contentType }: Call): ApiRequest => {
  const target = parseTarget(path);
  if (!target) throw new Error(`no such path: ${path}`);
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return {
    ...target,
    method,
    query: new URLSearchParams(
      Object.fromEntries(given.map(([name, value]) => [name, String(value)]))
    ),
    headers: { 'content-type': contentType ?? 'application/json' },
    body: body === undefined ? '' : JSON.stringify(body),
  };
};

const logKey = ({
  namespace,
  pod,
  container = '',
  previous = false,
}: Pick<LogRequest, 'namespace' | 'pod' | 'container' | 'previous'>): string =>
  `${namespace}/${pod}/${container}/${previous}`;

/** The API server keeps whole seconds of `sinceTime`, so more comes back than was asked for. */
const logSelection = ({ sinceTime, sinceSeconds, tailLines }: LogRequest) => ({
  since: sinceTime
    ? Math.floor(Date.parse(sinceTime) / 1000) * 1000
    : sinceSeconds === undefined
      ? 0
      : Date.now() - sinceSeconds * 1000,
  tail: tailLines ?? Number.POSITIVE_INFINITY,
});
