import process from 'node:process';
import type * as z from 'zod';

/**
 * The only reader of the environment in functions. A missing variable fails the cold start, not a
 * request.
 */
export const readConfig = <Config>(schema: z.ZodType<Config>): Config => schema.parse(process.env);
