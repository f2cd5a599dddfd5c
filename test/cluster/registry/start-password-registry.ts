import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Login } from './skopeo.ts';
import { type CheckingRegistry, type RegistryOptions, startRegistry } from './start-registry.ts';

/** The one user. */
export const owner: Login = { username: 'ada', password: 'pa:ss/w%rd' };

/** By bcrypt: Docker's registry takes nothing else. */
const htpasswd = 'ada:$2y$05$abcdefghijklmnopqrstuuC/kznNZMJmCeJ2A409sDJUD.lTpBB.O\n';

/** A registry with a password file, in which `owner` stands. */
export const startPasswordRegistry = async (
  options: RegistryOptions = {}
): Promise<CheckingRegistry> => {
  const folder = mkdtempSync(join(tmpdir(), 'rackless-htpasswd-'));
  const path = join(folder, 'htpasswd');
  writeFileSync(path, htpasswd);
  const { host, stop } = await startRegistry({ htpasswd: { realm: 'tests', path } }, options);
  return {
    host,
    stop: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
