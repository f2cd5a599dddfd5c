import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { Response } from 'undici';
import { ClusterError, hasStatus } from '#core/kubernetes/cluster-error.ts';
import { collectionPath, type KubernetesObject, objectPath } from '#core/kubernetes/object.ts';
import type {
  Cluster,
  LogRequest,
  ObjectList,
  WatchRequest,
  WriteOptions,
} from '#core/kubernetes/ports.ts';
import type { ClusterConnection } from './cluster-connection.ts';

type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** A server that says nothing for this long (bookmarks come about every minute) counts as gone. */
const watchSilence = 90_000;

/** The port `Cluster` over the Kubernetes API. Paths are known, so no discovery is asked for. */
export class KubernetesCluster implements Cluster {
  readonly #connection: ClusterConnection;

  constructor(connection: ClusterConnection) {
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
    const response = await this.#connection.send({
      path: collectionPath(kind, namespace),
      query: { labelSelector: selector },
    });
    const list = (await response.json()) as RawList;
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

  async remove(object: KubernetesObject): Promise<void> {
    const { uid } = object.metadata;
    try {
      await this.#connection.send({
        method: 'DELETE',
        path: pathOf(object),
        body: {
          kind: 'DeleteOptions',
          apiVersion: 'v1',
          propagationPolicy: 'Background',
          ...(uid && { preconditions: { uid } }),
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
      const response = await this.#connection.send({
        path: `${objectPath('Pod', namespace, pod)}/log`,
        query: { ...query },
      });
      return await response.text();
    } catch (error) {
      // A container that has not started yet, or has no previous run, is 400; a pod that is gone 404.
      if (error instanceof ClusterError && [400, 404].includes(error.status)) return '';
      throw error;
    }
  }

  async #json(request: Parameters<ClusterConnection['send']>[0]): Promise<KubernetesObject> {
    const response = await this.#connection.send(request);
    return (await response.json()) as KubernetesObject;
  }
}

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
  response: Response,
  onChange: (type: ChangeType | 'BOOKMARK', object: KubernetesObject) => void
): Promise<'closed' | 'expired'> => {
  if (!response.body) return 'closed';
  const lines = createInterface(Readable.fromWeb(response.body as ReadableStream));
  for await (const line of lines) {
    const { type, object } = JSON.parse(line) as { type: string; object: KubernetesObject };
    if (type === 'ERROR') return 'expired';
    onChange(type as ChangeType, object);
  }
  return 'closed';
};
