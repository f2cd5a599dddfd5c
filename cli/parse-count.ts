import { UsageError } from './errors.ts';

/** A whole number from the command line; undefined when the option was not given. */
export const parseCount = (option: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${option} is not a whole number: ${text}`);
  return Number(text);
};
