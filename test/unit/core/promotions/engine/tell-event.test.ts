import { expect, test } from '@jest/globals';
import type { PromotionSession } from '#core/promotions/engine/session.ts';
import { tellEvent } from '#core/promotions/engine/tell-event.ts';

const started = Date.parse('2026-03-18T14:30:00Z');

/** Takes down what is told, and under which key. */
const listener = () => {
  const told = new Map<string, string>();
  const session = {
    startedAt: started,
    deps: { clock: () => started },
    say: (_kind: string, text: string, { key }: { key: string }) => {
      if (!told.has(key)) told.set(key, text);
    },
  };
  return { told, session: session as unknown as PromotionSession };
};

const backOff = (version: number, message: string) => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'web-1.17', uid: 'one', resourceVersion: String(version) },
  involvedObject: { name: 'web-1' },
  reason: 'BackOff',
  message,
  lastTimestamp: '2026-03-18T14:30:01Z',
});

test('an event that Kubernetes counts again is told once, one with another text anew', () => {
  const { told, session } = listener();
  const texts = ['restarting failed container', 'restarting failed container', 'combined: other'];

  for (const [index, text] of texts.entries()) tellEvent(session, backOff(index + 1, text));

  expect([...told.values()]).toEqual([
    'system/k8s/web-1 restarting failed container',
    'system/k8s/web-1 combined: other',
  ]);
});
