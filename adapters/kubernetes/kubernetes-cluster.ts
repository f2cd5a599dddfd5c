import {
  ClusterError,
  ClusterUnreachableError,
  hasStatus,
} from '#core/kubernetes/cluster-error.ts';
import { collectionPath, type KubernetesObject, objectPath } from '#core/kubernetes/object.ts';
import type {
  Cluster,
  FollowLogsRequest,
  LogRequest,
  ObjectList,
  WatchRequest,
  WriteOptions,
} from '#core/kubernetes/ports.ts';
import type { ClusterRequest } from './cluster-answers.ts';
import { linesOf } from './lines-of.ts';

type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** A server that says nothing for this long (bookmarks come about every minute) counts as gone. */
const watchSilence = 90_000;

/** How requests get to the API server: a `ClusterConnection`, or the client's own. */
interface Connection {
  /** The whole text of an answer. */
  read(request: ClusterRequest): Promise<string>;
  /** An answer that may go on for minutes. */
  send(request: ClusterRequest): Promise<{ readonly body: AsyncIterable<Uint8Array> | null }>;
}

/** The port `Cluster` over the Kubernetes API. Paths are known, so no discovery is asked for. */
export class KubernetesCluster implements Cluster {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async get(kind: string, namespace: string | undefined, name: string) {
    try {
      return await this.#json({ path: objectPath(kind, namespace, name) });
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  }

  async list(kind: string, namespace: string | undefined, selector?: string): Promise<ObjectList> {
    const list = await this.#json<RawList>({
      path: collectionPath(kind, namespace),
      query: { labelSelector: selector },
    });
    const apiVersion = list.apiVersion;
    return {
      // Items of a list carry neither kind nor apiVersion.
      items: list.items.map((item) => ({ ...item, apiVersion, kind })),
      resourceVersion: list.metadata.resourceVersion,
    };
  }

  create(object: KubernetesObject, options: WriteOptions): Promise<KubernetesObject> {
    return this.#json({
      method: 'POST',
      path: collectionPath(object.kind, object.metadata.namespace),
      query: queryOf(options),
      body: object,
    });
  }

  apply(object: KubernetesObject, options: WriteOptions): Promise<KubernetesObject> {
    return this.#json({
      method: 'PATCH',
      path: pathOf(object),
      query: { ...queryOf(options), force: options.force ?? false },
      body: object,
      contentType: 'application/apply-patch+yaml',
    });
  }

  patch(object: KubernetesObject, patch: object, options: WriteOptions): Promise<KubernetesObject> {
    return this.#json({
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
    const { uid, resourceVersion } = object.metadata;
    try {
      await this.#connection.read({
        method: 'DELETE',
        path: pathOf(object),
        body: {
          kind: 'DeleteOptions',
          apiVersion: 'v1',
          propagationPolicy: 'Background',
          ...(uid && { preconditions: { uid, ...(asRead && { resourceVersion }) } }),
        },
      });
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
    }
  }

  async watch(request: WatchRequest): Promise<'closed' | 'expired'> {
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), watchSilence);
    const signal = AbortSignal.any([request.signal, silence.signal]);
    try {
      const response = await this.#connection.send({
        path: collectionPath(request.kind, request.namespace),
        query: {
          watch: true,
          allowWatchBookmarks: true,
          resourceVersion: request.resourceVersion,
          labelSelector: request.selector,
        },
        signal,
      });
      return await readChanges(response, (type, object) => {
        timer.refresh();
        if (type !== 'BOOKMARK') request.onChange(type, object);
      });
    } catch (error) {
      if (signal.aborted) return 'closed';
      if (hasStatus(error, 410)) return 'expired';
      throw error;
    } finally {
      clearTimeout(timer);
      silence.abort();
    }
  }

  async logs({ namespace, pod, ...query }: LogRequest): Promise<string> {
    try {
      return await this.#connection.read({
        path: `${objectPath('Pod', namespace, pod)}/log`,
        query: { ...query },
      });
    } catch (error) {
      if (!hasNoLog(error)) throw error;
      return '';
    }
  }

  async followLogs({ namespace, pod, signal, onOutput, ...query }: FollowLogsRequest) {
    try {
      const response = await this.#connection.send({
        path: `${objectPath('Pod', namespace, pod)}/log`,
        // What is there already is for `logs` to read.
        query: { ...query, follow: true, tailLines: 0 },
        signal,
      });
      onOutput();
      if (response.body) for await (const _ of linesOf(response.body)) onOutput();
    } catch (error) {
      if (!(signal.aborted || hasNoLog(error))) throw error;
    }
  }

  async #json<Answer = KubernetesObject>(request: ClusterRequest): Promise<Answer> {
    const text = await this.#connection.read(request);
    try {
      return JSON.parse(text) as Answer;
    } catch (cause) {
      throw new ClusterUnreachableError('what answers for the cluster is no Kubernetes API', {
        hint: "check the address in the rack's kubeconfig, and proxies on the way",
        cause,
      });
    }
  }
}

/** A container that has not started yet, or has no previous run, is 400; a pod that is gone 404. */
const hasNoLog = (error: unknown): boolean =>
  error instanceof ClusterError && [400, 404].includes(error.status);

interface RawList {
  readonly apiVersion: string;
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly KubernetesObject[];
}

const pathOf = ({ kind, metadata }: KubernetesObject): string =>
  objectPath(kind, metadata.namespace, metadata.name);

const queryOf = ({ fieldManager, dryRun }: WriteOptions) => ({
  fieldManager,
  dryRun: dryRun ? 'All' : undefined,
});

const readChanges = async (
  response: { readonly body: AsyncIterable<Uint8Array> | null },
  onChange: (type: ChangeType | 'BOOKMARK', object: KubernetesObject) => void
): Promise<'closed' | 'expired'> => {
  if (!response.body) return 'closed';
  for await (const line of linesOf(response.body)) {
    const { type, object } = JSON.parse(line) as { type: string; object: KubernetesObject };
    if (type === 'ERROR') return 'expired';
    onChange(type as ChangeType, object);
  }
  return 'closed';
};
