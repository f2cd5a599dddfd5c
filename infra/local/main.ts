import process from 'node:process';
import { CommanderError } from 'commander';
import { PlaneError } from './plane/plane-error.ts';
import { program } from './program.ts';

/** The only place where errors of the local plane become words and exit codes: 1 failed, 2 usage. */
const say = (error: unknown): number => {
  // commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof PlaneError) {
    console.error(`ERROR: ${error.message}`);
    if (error.hint) console.error(`  ${error.hint}`);
    return 1;
  }
  console.error('ERROR: something went wrong on our side');
  console.error(error);
  return 1;
};

process.stdout.on('error', () => process.exit(1));
await program()
  .parseAsync(process.argv)
  .catch((error: unknown) => {
    process.exitCode = say(error);
  });
