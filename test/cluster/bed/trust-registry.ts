import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Lets the node pull from a registry that speaks plain HTTP elsewhere than on the loopback, from the
 * next pull on. `registries` is the folder of that name of the test cluster; `host` is HOST:PORT.
 */
export const trustRegistry = (registries: string, host: string): void => {
  const folder = join(registries, host);
  mkdirSync(folder, { recursive: true });
  const url = `http://${host}`;
  const known = `[host."${url}"]\n  capabilities = ["pull", "resolve"]\n`;
  writeFileSync(join(folder, 'hosts.toml'), `server = "${url}"\n${known}`);
};
