import { version } from './version.ts';

const oldestNode = 22;
const stdout = 1;
const args = process.argv.slice(2);

/** `rackless logs | head` closes our stdout early; that is not an error. */
const endQuietlyOnClosedPipe = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
};

/**
 * The first Ctrl-C detaches and says how to go on; a second one ends the process at once. Whoever stops
 * a job in CI, or closes the terminal, means the same.
 */
const interruption = (): AbortSignal => {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => controller.abort());
  }
  return controller.signal;
};

/** Streams and imports cost milliseconds, and all that is left to do here is one write. */
const printVersion = (): void => {
  try {
    process.getBuiltinModule('node:fs').writeSync(stdout, `${version()}\n`);
  } catch (error) {
    endQuietlyOnClosedPipe(error as NodeJS.ErrnoException);
  }
};

const start = async (): Promise<void> => {
  process.stdout.on('error', endQuietlyOnClosedPipe);
  process.stderr.on('error', endQuietlyOnClosedPipe);
  const [{ run }, { machine }] = await Promise.all([import('./run.ts'), import('./machine.ts')]);
  // What is still in flight (a view's question, a Ctrl-C's long poll) must not keep the process alive.
  process.exit(
    await run(args, machine(process.env, { version: version(), signal: interruption() }))
  );
};

if (Number.parseInt(process.versions.node, 10) < oldestNode) {
  process.stderr.write(
    `ERROR: rackless needs Node ${oldestNode} or newer; this is ${process.versions.node}\n` +
      '  install a newer Node from https://nodejs.org and try again\n'
  );
  process.exitCode = 1;
} else if (args.length === 1 && (args[0] === '--version' || args[0] === '-v')) {
  printVersion();
} else {
  await start();
}
