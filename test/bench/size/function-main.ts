import { readFileSync } from 'node:fs';
import process from 'node:process';

/** Stands for the Lambda runtime: imports a bundle, then answers one event after the other. */
const { handler } = (await import(process.argv[2] ?? '')) as {
  handler: (event: unknown) => Promise<unknown>;
};

/** The most memory that this process has held so far, bytes. */
const peak = (): number =>
  1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);

process.on('message', async (event) => {
  const answer = await handler(event).then(
    (result) => ({ result }),
    (error: Error) => ({ error: `${error.name}: ${error.message}` })
  );
  const { user, system } = process.cpuUsage();
  process.send?.({ ...answer, peak: peak(), cpu: (user + system) / 1e6 });
});
process.send?.('ready');
