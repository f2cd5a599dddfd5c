import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Credentials,
  credentialsFor,
} from '../../cluster/node/images/registry-credentials.ts';
import { BuildError } from '../build-error.ts';

/** Finds the login for a registry's host. */
export type Logins = (registry: string) => Credentials | undefined;

/** The logins of `config.json` in the folder that DOCKER_CONFIG names; none when there is no such file. */
export const readLogins = (folder: string | undefined): Logins => {
  const file = folder === undefined ? undefined : join(folder, 'config.json');
  if (file === undefined || !existsSync(file)) {
    return () => undefined;
  }
  const text = readFileSync(file, 'utf8');
  try {
    JSON.parse(text);
  } catch (error) {
    throw new BuildError(`${file} is not valid JSON`, { cause: error });
  }
  const data = { '.dockerconfigjson': Buffer.from(text).toString('base64') };
  return (registry) => credentialsFor(registry, [{ data }]);
};
