import { symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../../errors.ts';
import type { Host } from '../../host.ts';

export interface Repository {
  readonly host: string;
  /** `HOST/PATH`. */
  readonly name: string;
  readonly username: string;
  readonly password: string;
}

/** Reads `https://USER:PASSWORD@HOST/PATH`, percent-encoded. */
export const readRepository = (url: string): Repository => {
  const parsed = URL.parse(url);
  if (!parsed?.password) {
    throw new CliError('BadGrant', 'the rack gave no credential to push with', {
      hint: 'this client may be newer than the rack: see rackless version',
    });
  }
  return {
    host: parsed.host,
    name: parsed.host + parsed.pathname,
    username: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
  };
};

/**
 * Writes the one login where docker, podman and buildah read it. The person's own configuration is
 * left alone; docker finds its contexts, and so its engine, through a link.
 */
export const writeLogin = (
  folder: string,
  { host, username, password }: Repository,
  context: string | undefined
): void => {
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  const config = { auths: { [host]: { auth } }, ...(context && { currentContext: context }) };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config), { mode: 0o600 });
};

/** Docker keeps its contexts beside its logins. */
export const linkContexts = (folder: string, env: Host['env']): void =>
  symlinkSync(
    join(env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker'), 'contexts'),
    join(folder, 'contexts')
  );
