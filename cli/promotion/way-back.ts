import { ConnectionLostError, InterruptedError, RackUnreachableError } from '../errors.ts';

export const attachCommand = (release: string, app: string): string =>
  `rackless releases attach ${release} -a ${app}`;

/** We leave, but the promotion goes on: say how to find it again. */
export const withWayBack = (error: unknown, command: string): unknown => {
  const details = { hint: `follow it again with: ${command}`, cause: error };
  if (error instanceof InterruptedError) {
    return new InterruptedError('Detached: the promotion goes on', details);
  }
  return error instanceof ConnectionLostError ? new ConnectionLostError(details) : error;
};

/** The request to promote was cut off, so nobody here knows whether the rack has taken it. */
export const withDoubt = (error: unknown, command: string): unknown => {
  const details = { hint: `see whether it was started with: ${command}`, cause: error };
  if (error instanceof InterruptedError) {
    return new InterruptedError('Detached: the promotion may have been started', details);
  }
  return error instanceof RackUnreachableError ? error.withHint(details.hint) : error;
};
