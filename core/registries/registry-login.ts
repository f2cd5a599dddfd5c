/** A registry that somebody has added, without its secret. */
export interface AddedRegistry {
  /** `HOST[:PORT]`, as image names begin. */
  readonly server: string;
  readonly username: string;
  /** RFC 3339. */
  readonly created: string;
  /** Who has added it. */
  readonly actor: string;
}

export interface RegistryLogin {
  readonly server: string;
  readonly username: string;
  readonly password: string;
}

const dockerHub = 'docker.io';
const namesOfDockerHub: ReadonlySet<string> = new Set([
  dockerHub,
  'index.docker.io',
  'registry-1.docker.io',
]);

/** One name for each registry: Docker Hub goes by three. */
export const canonicalServer = (server: string): string =>
  namesOfDockerHub.has(server) ? dockerHub : server;

/** The login for a host as image names have it, if there is one. */
export const loginAt = (
  logins: readonly RegistryLogin[],
  host: string
): RegistryLogin | undefined => logins.find((it) => it.server === canonicalServer(host));

/** Whether an image's name begins with a host, as Docker reads it: `redis` and `org/app` do not. */
export const hasHost = (image: string): boolean => {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
};

/** The host of an image's registry: Docker Hub, unless it begins with another. */
export const serverOfImage = (image: string): string =>
  hasHost(image) ? canonicalServer(image.split('/', 1).join()) : dockerHub;

/** `config.json` of Docker, which BuildKit and the kubelet read: a login for each registry. */
export const dockerConfig = (logins: readonly RegistryLogin[]): string =>
  JSON.stringify({
    auths: Object.fromEntries(logins.map((it) => [configKey(it.server), configEntry(it)])),
  });

/** Docker Hub's entry has kept the address of an API that is gone. */
const configKey = (server: string): string =>
  server === dockerHub ? 'https://index.docker.io/v1/' : server;

const configEntry = ({ username, password }: RegistryLogin) => ({
  username,
  password,
  auth: Buffer.from(`${username}:${password}`).toString('base64'),
});
