import type { Host } from './host.ts';
import { program } from './program.ts';
import { exitCodeFor, reportError } from './ui/errors.ts';

/** Runs one command line to its end. Returns the exit code: 0 done, 1 failure, 2 usage, 130 Ctrl-C. */
export const run = async (args: readonly string[], host: Host): Promise<number> => {
  try {
    await program(host).parseAsync(args.length > 0 ? args : ['--help'], { from: 'user' });
    return 0;
  } catch (error) {
    reportError(error, host.stderr, args.includes('--json'));
    return exitCodeFor(error);
  }
};
