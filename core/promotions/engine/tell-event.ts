import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { PromotionSession } from './session.ts';

interface RawEvent {
  readonly involvedObject?: { readonly name?: string };
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
}

/**
 * Adds a Kubernetes event to the story in Convox's form. Keyed by uid and resourceVersion, since an
 * event that happens again is the same object with a higher version. Convox leaves out `Killing`.
 */
export const tellEvent = (session: PromotionSession, event: KubernetesObject): void => {
  const { involvedObject, reason, message, lastTimestamp, eventTime } = event as RawEvent;
  if (!involvedObject?.name || reason === 'Killing') return;
  const { uid, resourceVersion, creationTimestamp } = event.metadata;
  const at = lastTimestamp ?? eventTime ?? creationTimestamp ?? '';
  if (isBefore(at, session.startedAt)) return;
  session.say(
    'kubernetes',
    `system/k8s/${involvedObject.name} ${message?.trim() ?? reason ?? ''}`,
    {
      key: `${uid}/${resourceVersion}`,
      at: new Date(at).toISOString(),
    }
  );
};

/** Kubernetes rounds to seconds, and its clock is not ours. */
const tolerance = 2_000;

const isBefore = (at: string, started: number): boolean => Date.parse(at) < started - tolerance;
