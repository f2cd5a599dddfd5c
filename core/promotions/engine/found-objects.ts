import { type KubernetesObject, type ObjectMeta, objectKey } from '../../kubernetes/object.ts';
import { annotations, managers, objectLabels } from '../../rendering/labels.ts';
import type { RenderedRelease, RenderedService } from '../../rendering/rendered-release.ts';
import type { Plan } from './checkpoint.ts';
import { liveObjects } from './live-objects.ts';
import type { PromotionSession } from './session.ts';
import { rewriteObject } from './write-object.ts';

/**
 * Objects that the release is about to change and that no release before it stands for: made by hand,
 * or left over. They are kept as they are now, since a rollback has nothing else to go by. Values of
 * Secrets are never changed, so they are not kept; nor are counts, which belong to others.
 */
export const foundObjects = (
  live: ReadonlyMap<string, KubernetesObject>,
  rendered: RenderedRelease,
  previous: RenderedRelease | undefined
): readonly KubernetesObject[] => {
  const known = new Set((previous?.objects ?? []).map(objectKey));
  return rendered.objects
    .map(objectKey)
    .filter((it) => !known.has(it))
    .flatMap((it) => live.get(it) ?? [])
    .map(kept);
};

const kept = (object: KubernetesObject): KubernetesObject => {
  const { apiVersion, kind } = object;
  const { name, namespace, uid, labels, managedFields } = object.metadata;
  const metadata = { name, namespace, uid, labels, annotations: ownWords(object), managedFields };
  const { replicas: _, ...spec } = (object['spec'] ?? {}) as { readonly replicas?: number };
  const hasSpec = kind === 'Deployment' || kind === 'Service';
  return { apiVersion, kind, metadata, ...(hasSpec && { spec }) };
};

/** The deployment controller's annotations are its own to change. */
const ownWords = ({ metadata }: KubernetesObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(metadata.annotations ?? {}).filter(
      ([name]) => !name.startsWith('deployment.kubernetes.io/')
    )
  );

/** Puts back, word for word and owner for owner, what this promotion has changed of them. */
export const restoreFound = async (
  session: PromotionSession,
  found: KubernetesObject
): Promise<void> => {
  const live = (await liveObjects(session.deps, session.run.app)).get(objectKey(found));
  if (!live || !isTouched(session, live) || live.metadata.uid !== found.metadata.uid) return;
  await rewriteObject(session, live, async (current) => {
    const { uid, resourceVersion } = current.metadata;
    const { managedFields: _, ...words } = found.metadata;
    const metadata = { ...words, uid, resourceVersion };
    const options = { fieldManager: managers.main, force: true };
    const written = await session.deps.cluster.apply({ ...found, metadata }, options);
    return session.deps.cluster.patch(written, restOf(session, found, written), options);
  });
};

const isTouched = ({ hold }: PromotionSession, { metadata }: KubernetesObject): boolean =>
  metadata.labels?.[objectLabels.promotion] === hold.promotion.toLowerCase();

/** What an apply does not take away, and who owned what. A fence never goes down again. */
const restOf = (
  { hold }: PromotionSession,
  found: KubernetesObject,
  { metadata }: KubernetesObject
): object => ({
  metadata: {
    resourceVersion: metadata.resourceVersion,
    managedFields: found.metadata.managedFields,
    labels: {
      ...dropped(metadata.labels, found.metadata.labels),
      ...(found.metadata.labels?.[objectLabels.fence] && {
        [objectLabels.fence]: String(hold.fence),
      }),
    },
    annotations: dropped(
      ownWords({ apiVersion: '', kind: '', metadata }),
      found.metadata.annotations
    ),
  },
});

type Words = ObjectMeta['labels'];

const dropped = (now: Words = {}, then: Words = {}): Readonly<Record<string, null>> =>
  Object.fromEntries(
    Object.keys(now)
      .filter((it) => !(it in then))
      .map((it) => [it, null])
  );

/** The services as a rollback leaves them: those of the release before, or what was found. */
export const restoredServices = ({
  previous,
  rendered,
  found = [],
}: Pick<Plan, 'previous' | 'rendered' | 'found'>): readonly RenderedService[] =>
  previous?.services ??
  rendered.services.map((it) => ({ ...it, template: foundMark(it.name, found) }));

/** Empty when there was no Deployment: then any pod is one too many. */
const foundMark = (service: string, found: readonly KubernetesObject[]): string => {
  const deployment = found.find((it) => objectKey(it) === `Deployment/${service}`);
  const { template } = (deployment?.['spec'] ?? {}) as {
    readonly template?: { readonly metadata?: ObjectMeta };
  };
  return template?.metadata?.annotations?.[annotations.template] ?? '';
};
