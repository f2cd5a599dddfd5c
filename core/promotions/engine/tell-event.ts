import { createHash } from 'node:crypto';
import { timestamp } from '../../clock.ts';
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
 * Adds a Kubernetes event to the story in Convox's form. Keyed by uid and text: an event that happens
 * again is the same object with a higher count, and says nothing new, but one that Kubernetes combines
 * from several changes its text. Convox leaves out `Killing`.
 */
export const tellEvent = (session: PromotionSession, event: KubernetesObject): void => {
  const { involvedObject, reason, message } = event as RawEvent;
  if (!involvedObject?.name || reason === 'Killing') return;
  const at = timeOf(event) ?? Date.parse(timestamp(session.deps.clock));
  if (at < session.startedAt - tolerance) return;
  const { uid, resourceVersion } = event.metadata;
  const text = `system/k8s/${involvedObject.name} ${message?.trim() || reason || ''}`.trimEnd();
  session.say('kubernetes', text, {
    key: `${uid}/${digestOf(text)}`,
    at: new Date(at).toISOString(),
    version: resourceVersion,
  });
};

/** Short: hundreds of keys stand in each checkpoint. */
const digestOf = (text: string): string =>
  createHash('sha256').update(text).digest('base64').slice(0, 8);

/** Kubernetes rounds to seconds, and its clock is not ours. */
const tolerance = 2_000;

const timeOf = (event: KubernetesObject): number | undefined => {
  const { lastTimestamp, eventTime } = event as RawEvent;
  const at = Date.parse(lastTimestamp ?? eventTime ?? event.metadata.creationTimestamp ?? '');
  return Number.isNaN(at) ? undefined : at;
};
