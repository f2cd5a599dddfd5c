import * as z from 'zod';
import { endpoint } from './endpoint.ts';
import { EventPage } from './events.ts';
import { AppName, Cursor, Limit, PromotionId, Time } from './fields.ts';

/** The five ends of a promotion, and how it stands before. */
export const PromotionStatus = z.enum([
  'queued',
  'running',
  'waiting',
  'rolling-back',
  'Promoted',
  'RolledBack',
  'Reverted',
  'Refused',
  'Degraded',
]);
export type PromotionStatus = z.infer<typeof PromotionStatus>;

/** How far one service has come. */
export const ServiceProgress = z.object({
  service: z.string(),
  desired: z.number(),
  /** Processes of the new template, and those of them that are ready. */
  updated: z.number(),
  ready: z.number(),
  /** Processes of older templates that are still there. */
  old: z.number(),
  /** What it waits for, in one line; empty when it is done. */
  waiting: z.string(),
});
export type ServiceProgress = z.infer<typeof ServiceProgress>;

export const Promotion = z.object({
  id: z.string(),
  app: z.string(),
  release: z.string(),
  /** The release that was active before; empty for the first one. */
  previous: z.string(),
  status: PromotionStatus,
  /** Why it did not become active: a code such as `CrashLoop`, and a sentence. Empty when all is well. */
  reason: z.string(),
  cause: z.string(),
  /** What the cluster does, or does not, that a waiting one waits for the end of. */
  waiting: z.string().optional(),
  services: z.array(ServiceProgress),
  started: Time,
  ended: Time,
  actor: z.string(),
  /** Fields that another field manager has changed are taken over instead of refusing the release. */
  forceConflicts: z.boolean(),
  /** Seconds without progress after which it is rolled back; absent: as the manifest says. */
  timeout: z.number().optional(),
  /** What ran when it was put in the queue; absent when it never had to wait. */
  behind: z.object({ promotion: z.string(), release: z.string() }).optional(),
});
export type Promotion = z.infer<typeof Promotion>;

const One = z.object({ app: AppName, id: PromotionId });

export const listPromotions = endpoint({
  method: 'GET',
  path: '/apps/{app}/promotions',
  group: 'api',
  permission: 'app:read',
  input: z.object({ app: AppName, release: z.string().optional(), limit: Limit }),
  response: z.array(Promotion),
});

export const getPromotion = endpoint({
  method: 'GET',
  path: '/apps/{app}/promotions/{id}',
  group: 'api',
  permission: 'app:read',
  input: One,
  response: Promotion,
});

export const listPromotionEvents = endpoint({
  method: 'GET',
  path: '/apps/{app}/promotions/{id}/events',
  group: 'api',
  permission: 'app:read',
  input: One.extend(Cursor),
  /** The last page comes with how it ended, so that nobody has to ask for it. */
  response: EventPage.extend({ promotion: Promotion.optional() }),
});

/** What was seen of one process when the release failed. */
export const EvidenceProcess = z.object({
  process: z.string(),
  service: z.string(),
  status: z.string(),
  detail: z.string(),
  restarts: z.number(),
  /** Where it ran; empty when it never got to a node. */
  node: z.string().default(''),
  logs: z.string(),
  previousLogs: z.string(),
});

export const Evidence = z.object({
  promotion: z.string(),
  release: z.string(),
  at: Time,
  reason: z.string(),
  cause: z.string(),
  processes: z.array(EvidenceProcess),
  events: z.array(z.string()),
  /** What was wrong with the nodes of the processes. */
  nodes: z.array(z.string()).default([]),
  /** How the pulls of images went. */
  pulls: z.array(z.string()).default([]),
  /** Fields of objects that the release changes, and names of variables; never their values. */
  changes: z.array(z.string()).default([]),
  /** What could not be had. */
  missing: z.array(z.string()).default([]),
  /** What the rack saw, for `rackless verdict replay`. */
  recording: z.looseObject({ v: z.number() }).optional(),
});
export type Evidence = z.infer<typeof Evidence>;

export const getEvidence = endpoint({
  method: 'GET',
  path: '/apps/{app}/promotions/{id}/evidence',
  group: 'api',
  permission: 'app:read',
  input: One,
  response: Evidence,
});
