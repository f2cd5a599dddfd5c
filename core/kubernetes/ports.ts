import type { KubernetesObject } from './object.ts';

/** The objects of the app clusters, as the Kubernetes API gives them. */
export interface Cluster {
  get(
    kind: string,
    namespace: string | undefined,
    name: string
  ): Promise<KubernetesObject | undefined>;
  /** Everything of a kind that matches the label selector, with the version to watch from. */
  list(kind: string, namespace: string | undefined, selector?: string): Promise<ObjectList>;
  /** POST. Throws `ClusterError` with status 409 if the object exists. */
  create(object: KubernetesObject, options: WriteOptions): Promise<KubernetesObject>;
  /**
   * Server-side apply. The object must carry the `uid` and `resourceVersion` that were read, so that
   * a stale writer gets 409 and nothing that was deleted comes back.
   */
  apply(object: KubernetesObject, options: WriteOptions): Promise<KubernetesObject>;
  /** JSON merge patch; `patch` should carry a `metadata.resourceVersion`. */
  patch(object: KubernetesObject, patch: object, options: WriteOptions): Promise<KubernetesObject>;
  /**
   * Deletes exactly this object (by uid); one that is gone already is no error. `asRead`: only if
   * nobody has changed it since, else 409.
   */
  remove(object: KubernetesObject, options?: { readonly asRead?: boolean }): Promise<void>;
  /**
   * Calls back for every change from `resourceVersion` on until the signal fires or the server ends
   * the watch, then returns how it ended. `expired`: list again (410).
   */
  watch(request: WatchRequest): Promise<'closed' | 'expired'>;
  /** The last lines of a container, or of the run before. Empty if there are none. */
  logs(request: LogRequest): Promise<string>;
  /** Calls back when a container writes, once at the start, until the signal fires or it has ended. */
  followLogs(request: FollowLogsRequest): Promise<void>;
}

export interface WriteOptions {
  readonly fieldManager: string;
  /** Take over fields of other managers. */
  readonly force?: boolean;
  /** Ask the server without changing anything. */
  readonly dryRun?: boolean;
}

export interface ObjectList {
  readonly items: readonly KubernetesObject[];
  readonly resourceVersion: string;
}

export interface WatchRequest {
  readonly kind: string;
  readonly namespace: string;
  readonly selector?: string;
  readonly resourceVersion: string;
  readonly signal: AbortSignal;
  readonly onChange: (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubernetesObject) => void;
}

export interface FollowLogsRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly signal: AbortSignal;
  readonly onOutput: () => void;
}

export interface LogRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container?: string;
  readonly previous?: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  /** RFC 3339; lines from then on. */
  readonly sinceTime?: string;
  readonly timestamps?: boolean;
  readonly limitBytes?: number;
}
