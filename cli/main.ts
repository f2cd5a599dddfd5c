import process from 'node:process';
import { version } from './version.ts';

const oldestNode = 22;
const args = process.argv.slice(2);

/** `rackless logs | head` closes our stdout early; that is not an error. */
const endQuietlyOnClosedPipe = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
};

/** The first Ctrl-C detaches and says how to go on; a second one ends the process at once. */
const interruption = (): AbortSignal => {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
};

const start = async (): Promise<void> => {
  const { run } = await import('./run.ts');
  const { machine } = await import('./machine.ts');
  // What is still in flight (a view's question, a Ctrl-C's long poll) must not keep the process alive.
  process.exit(await run(args, machine(process.env, interruption())));
};

if (Number.parseInt(process.versions.node, 10) < oldestNode) {
  process.stderr.write(
    `ERROR: rackless needs Node ${oldestNode} or newer; this is ${process.versions.node}\n` +
      '  install a newer Node from https://nodejs.org and try again\n'
  );
  process.exitCode = 1;
} else {
  process.stdout.on('error', endQuietlyOnClosedPipe);
  process.stderr.on('error', endQuietlyOnClosedPipe);
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-v')) {
    process.stdout.write(`${version()}\n`);
  } else {
    await start();
  }
}
