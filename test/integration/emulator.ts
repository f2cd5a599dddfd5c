import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { emulatorPlan } from '#infra/local/aws/emulator.ts';
import { installEmulator } from '#infra/local/aws/emulator-install.ts';
import { createTemporary, removeTemporary } from '#infra/local/aws/temporary-folder.ts';
import { createHome, type Home, homeAt } from '#infra/local/plane/home.ts';

export interface Emulator {
  readonly port: number;
  stop(): Promise<void>;
}

/** An AWS emulator of its own, with nothing in it, that leaves nothing behind. */
export const startEmulator = async (
  variables: Readonly<Record<string, string>> = {}
): Promise<Emulator> => {
  const home = homeAt(mkdtempSync(join(tmpdir(), 'rackless-emulator-')));
  createHome(home);
  createTemporary(home);
  const python = await installEmulator(() => undefined, undefined);
  const port = await freePort();
  const plan = emulatorPlan({ home, python, port, variables: { ...process.env, ...variables } });
  const log = openSync(join(home.root, 'log'), 'w');
  const child = spawn(plan.command, plan.args, {
    env: plan.environment,
    detached: true,
    stdio: ['ignore', log, log],
  });
  const stop = (): Promise<void> => stopEmulator(child, home);
  const until = Date.now() + plan.readyWithin;
  while (!(await isReady(port))) {
    if (child.exitCode === null && Date.now() < until) await sleep(100);
    else throw await stop().then(() => new Error('the emulator does not start'));
  }
  return { port, stop };
};

const isReady = async (port: number): Promise<boolean> => {
  try {
    return (await fetch(`http://127.0.0.1:${port}/_ministack/health`)).ok;
  } catch {
    return false;
  }
};

/** At once: nobody needs its state. Functions are processes in its group. */
const stopEmulator = async (child: ChildProcess, home: Home): Promise<void> => {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const gone = once(child, 'exit');
    process.kill(-child.pid, 'SIGKILL');
    await gone;
  }
  removeTemporary(home);
  rmSync(home.root, { recursive: true, force: true });
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
};
