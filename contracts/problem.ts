import * as z from 'zod';

/** The one error shape on the wire (RFC 9457). Convox's SDK reads `error`. */
export const Problem = z.object({
  code: z.string(),
  detail: z.string(),
  hint: z.string().optional(),
  error: z.string().optional(),
  requestId: z.string().optional(),
});
export type Problem = z.infer<typeof Problem>;
