import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '#infra/local/plane/wait-until.ts';

export interface CheckingRegistry {
  /** `127.0.0.1:PORT`; it speaks plain HTTP. */
  readonly host: string;
  stop(): Promise<void>;
}

/** Settings of Docker's registry below `auth`. */
export type RegistryAuth = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** How a registry is to differ. */
export interface RegistryOptions {
  /** Where it keeps what is pushed, if not in a folder of its own. */
  readonly content?: string | undefined;
  readonly deletes?: boolean;
}

/** Docker's own registry (Debian's docker-registry), which lets in whom `auth` says. */
export const startRegistry = async (
  auth: RegistryAuth,
  { content, deletes = true }: RegistryOptions = {}
): Promise<CheckingRegistry> => {
  const folder = mkdtempSync(join(tmpdir(), 'rackless-registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  const config = {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: content ?? join(folder, 'content') },
      delete: { enabled: deletes },
    },
    http: { addr: host },
    auth,
  };
  const file = join(folder, 'config.yml');
  writeFileSync(file, JSON.stringify(config));
  const child = spawn('docker-registry', ['serve', file], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const answers = () =>
    fetch(`http://${host}/v2/`).then(
      ({ status }) => status === 401,
      () => false
    );
  if (await waitUntil(answers, 20_000)) return { host, stop };
  await stop();
  throw new Error('docker-registry does not answer');
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('there is no free port');
  return address.port;
};
