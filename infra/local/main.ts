import process from 'node:process';
import { PlaneError } from './plane/plane-error.ts';
import { program } from './program.ts';

/** The only place where errors of the local plane become words. */
const say = (error: unknown): void => {
  if (!(error instanceof PlaneError)) {
    console.error('ERROR: something went wrong on our side');
    console.error(error);
    return;
  }
  console.error(`ERROR: ${error.message}`);
  if (error.hint) console.error(`  ${error.hint}`);
};

process.stdout.on('error', () => process.exit(1));
await program()
  .parseAsync(process.argv)
  .catch((error: unknown) => {
    say(error);
    process.exitCode = 1;
  });
