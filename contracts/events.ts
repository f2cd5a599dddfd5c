import * as z from 'zod';
import { Time } from './fields.ts';

/** One line of a promotion's or a build's story. `sequence` starts at 1 and has no holes. */
export const Event = z.object({
  sequence: z.number().int().positive(),
  at: Time,
  /** What a person reads, in Convox's form: `system/k8s/atom/app Status: Running => Pending`. */
  text: z.string(),
  /** What a program reads: `kubernetes`, `status`, `verdict`, `evidence`, `log`. */
  kind: z.string(),
});
export type Event = z.infer<typeof Event>;

/** `done` says that the story has ended and these are its last events. */
export const EventPage = z.object({ events: z.array(Event), done: z.boolean() });
export type EventPage = z.infer<typeof EventPage>;
