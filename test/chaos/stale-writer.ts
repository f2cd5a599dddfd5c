import { hasStatus } from '#core/kubernetes/cluster-error.ts';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import { objectKey } from '#core/kubernetes/object.ts';
import type { ChaosApp } from './chaos-app.ts';
import { type ClusterState, readState } from './cluster-state.ts';

const options = { fieldManager: 'rackless', force: true } as const;

/** Knows how the app was before a promotion, and writes after it as if it were so still. */
export class StaleWriter {
  readonly #app: ChaosApp;
  readonly #known: ClusterState;

  private constructor(app: ChaosApp, known: ClusterState) {
    this.#app = app;
    this.#known = known;
  }

  static async remember(app: ChaosApp): Promise<StaleWriter> {
    return new StaleWriter(app, await readState(app.rack().cluster, app.namespace));
  }

  /** What it could do although it must not. */
  async effects(): Promise<readonly string[]> {
    const effects: string[] = [];
    for (const object of this.#known.values()) effects.push(...(await this.#tryAll(object)));
    return effects;
  }

  async #tryAll(object: KubernetesObject): Promise<readonly string[]> {
    const { cluster } = this.#app.rack();
    const { metadata } = object;
    const live = await cluster.get(object.kind, metadata.namespace, metadata.name);
    const isUntouched = live?.metadata.resourceVersion === metadata.resourceVersion;
    // Nobody has written since: what it knows is what there is.
    if (isUntouched) return [];
    const { resourceVersion } = metadata;
    const patch = { metadata: { resourceVersion, labels: { late: 'yes' } } };
    return [
      ...(await refused(`apply of ${objectKey(object)}`, cluster.apply(words(object), options))),
      ...(await refused(`patch of ${objectKey(object)}`, cluster.patch(object, patch, options))),
      ...(live
        ? await refused(`delete of ${objectKey(object)}`, cluster.remove(object, { asRead: true }))
        : []),
    ];
  }
}

const words = ({ apiVersion, kind, metadata, ...rest }: KubernetesObject): KubernetesObject => {
  const { name, namespace, uid, resourceVersion, labels } = metadata;
  const { spec } = rest as { readonly spec?: unknown };
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, uid, resourceVersion, labels },
    ...(spec !== undefined && { spec }),
  };
};

/** 409, or 404 for what is gone: anything else is an effect. */
const refused = async (what: string, write: Promise<unknown>): Promise<readonly string[]> =>
  write.then(
    () => [`a stale ${what} was taken`],
    (error: unknown) =>
      hasStatus(error, 409) || hasStatus(error, 404) ? [] : [`a stale ${what}: ${error}`]
  );
