import { invalidNames, maskedNames } from '../environments/change-environment.ts';
import { type Environment, formatEnvironment } from '../environments/environment.ts';
import { InvalidRequestError, TooLargeError } from '../errors.ts';

/** A release is one item of a table that takes 400 KB: encrypted, in base64, beside its manifest. */
const maxBytes = 200_000;

/**
 * The text form of an environment that a release may have.
 * @throws InvalidRequestError for a mask, which would wipe the value it stands for, and for a name
 * or value that would never reach a process; TooLargeError.
 */
export const checkEnvironment = (env: Environment): string => {
  const masked = maskedNames(env);
  if (masked.length > 0) {
    throw new InvalidRequestError(`env: masked value for ${masked.join(', ')}`, {
      hint: 'send the value itself, or leave the variable out',
    });
  }
  const invalid = invalidNames(env);
  if (invalid.length > 0) {
    throw new InvalidRequestError(`env: invalid variable name: ${invalid.join(', ')}`);
  }
  const text = formatEnvironment(env);
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxBytes) return text;
  throw new TooLargeError(`env: ${bytes} bytes, and a release takes ${maxBytes} at most`);
};
