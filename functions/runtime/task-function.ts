import type * as z from 'zod';
import { logger } from './logger.ts';

/**
 * The Lambda handler of a state machine's tasks. Errors keep their name, because the machine
 * branches on it (`"ErrorEquals": ["SupersededError"]`).
 */
export const taskFunction =
  <Input, Output>(schema: z.ZodType<Input>, task: (input: Input) => Promise<Output>) =>
  async (event: unknown): Promise<Output> => {
    const input = schema.parse(event);
    logger.info('task', { input });
    try {
      return await task(input);
    } catch (error) {
      logger.error('task failed', { input, error });
      throw error;
    }
  };
