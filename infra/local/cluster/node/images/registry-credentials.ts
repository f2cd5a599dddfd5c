import type { Secret } from '../wire-objects.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

interface DockerAuth {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
}

const dockerHubKeys = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];

const hostOf = (key: string): string => key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');

const decodeAuth = ({ auth, username, password }: DockerAuth): Credentials | undefined => {
  if (auth !== undefined && auth !== '') {
    const text = Buffer.from(auth, 'base64').toString();
    const colon = text.indexOf(':');
    return colon === -1
      ? undefined
      : { username: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  return username === undefined || password === undefined ? undefined : { username, password };
};

const dockerAuths = (secret: Secret): Record<string, DockerAuth> => {
  const data = secret.data ?? {};
  const config = data['.dockerconfigjson'];
  const text = Buffer.from(config ?? data['.dockercfg'] ?? '', 'base64').toString();
  try {
    const parsed = JSON.parse(text) as Record<string, unknown>;
    return (config === undefined ? parsed : (parsed['auths'] ?? {})) as Record<string, DockerAuth>;
  } catch {
    // The kubelet skips a pull secret that it cannot read, and tries without.
    return {};
  }
};

/** Finds the login for a registry host in pull secrets, in their order. */
export const credentialsFor = (
  registry: string,
  pullSecrets: readonly Secret[]
): Credentials | undefined => {
  const names = dockerHubKeys.includes(registry) ? dockerHubKeys : [registry];
  const logins = pullSecrets
    .flatMap((secret) => Object.entries(dockerAuths(secret)))
    .filter(([key]) => names.includes(hostOf(key)))
    .map(([, auth]) => decodeAuth(auth));
  return logins.find((login) => login !== undefined);
};
