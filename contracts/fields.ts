import * as z from 'zod';

/** App names become part of a namespace `RACK-APP` and of host names `APP-SERVICE`. */
export const AppName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,28}[a-z0-9]$/,
    'must be 2 to 30 characters: lower-case letters, digits and dashes, starting with a letter'
  );
export const BuildId = z.string().regex(/^B[A-Z]{10}$/, 'must be B and ten letters A-Z');
export const ReleaseId = z.string().regex(/^R[A-Z]{10}$/, 'must be R and ten letters A-Z');
export const PromotionId = z.string().regex(/^P[A-Z]{10}$/, 'must be P and ten letters A-Z');
export const ServiceName = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/)
  .max(63);

export const GrantId = z.string().regex(/^G[A-Z]{10}$/, 'must be G and ten letters A-Z');
export const Digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hex digits');

/** RFC 3339, UTC. Empty where Convox has no time yet. */
export const Time = z.string();

/** `true`/`false` as a form or query string carries them, or a JSON boolean. */
const GivenFlag = z.union([
  z.boolean(),
  z.enum(['true', 'false', '']).transform((text) => text === 'true'),
]);
/** False where nobody has said it. */
export const Flag = GivenFlag.default(false);
/** Undefined where nobody has said it. */
export const MaybeFlag = GivenFlag.optional();

/** A whole number as a form or query string carries it, or a JSON number. */
export const Count = z.coerce.number().int().min(0);

export const Ok = z.literal('ok');

/** How many records a list gives: Convox's default is 10. */
export const Limit = Count.max(1000).default(10);

/** Where a reader of events stands and how long the answer may wait for the next one. */
export const Cursor = {
  after: Count.default(0).describe('sequence of the last event seen'),
  wait: Count.max(20).default(0).describe('seconds to wait for a new event'),
};
