import type { Clock } from '#core/clock.ts';
import { UnavailableError } from '#core/errors.ts';
import { type Answer, ask, form } from './ask.ts';
import { registryScope } from './clouds.ts';
import type { EntraTokens } from './entra-tokens.ts';
import { HeldTokens } from './held-tokens.ts';
import { expiryOf } from './jwt.ts';

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Reads a registry as the rack itself, which may pull: an Entra token is exchanged for ACR's. */
export class AcrReader {
  readonly #entra: Pick<EntraTokens, 'token'>;
  readonly #url: string;
  readonly #held: HeldTokens;

  /** `url`: scheme and host of the registry, without a slash at the end. */
  constructor(entra: Pick<EntraTokens, 'token'>, url: string, clock: Clock) {
    this.#entra = entra;
    this.#url = url;
    this.#held = new HeldTokens(clock);
  }

  /** As `az acr login --expose-token` gives it: Docker's way to show a token of ACR. */
  async login(): Promise<{ readonly username: string; readonly password: string }> {
    return { username: nobody, password: await this.#refreshToken() };
  }

  /** `sha256:…` of what a tag names, if it names anything. */
  async digest(repository: string, tag: string): Promise<string | undefined> {
    let answer = await this.#head(repository, tag);
    if (answer.status === 401) {
      // Perhaps the role came after the token.
      this.#held.forget();
      answer = await this.#head(repository, tag);
    }
    if (answer.status === 404) return undefined;
    const digest = answer.headers.get('docker-content-digest');
    if (answer.status !== 200 || !digest) throw refusal(`read ${repository}:${tag}`, answer);
    return digest;
  }

  async #head(repository: string, tag: string): Promise<Answer> {
    const token = await this.#accessToken(`repository:${repository}:pull`);
    return ask(`${this.#url}/v2/${repository}/manifests/${encodeURIComponent(tag)}`, {
      method: 'HEAD',
      headers: { accept: manifestTypes, authorization: `Bearer ${token}` },
    });
  }

  #accessToken(scope: string): Promise<string> {
    return this.#held.get(scope, () =>
      this.#exchange('token', 'access_token', async () => ({
        grant_type: 'refresh_token',
        scope,
        refresh_token: await this.#refreshToken(),
      }))
    );
  }

  #refreshToken(): Promise<string> {
    return this.#held.get('refresh', () =>
      this.#exchange('exchange', 'refresh_token', async () => ({
        grant_type: 'access_token',
        access_token: await this.#entra.token(registryScope),
      }))
    );
  }

  async #exchange(
    path: string,
    field: string,
    fields: () => Promise<Record<string, string>>
  ): Promise<{ readonly token: string; readonly until: number }> {
    const service = new URL(this.#url).host;
    const grant = form({ service, ...(await fields()) });
    const answer = await ask(`${this.#url}/oauth2/${path}`, grant);
    const token = { ...(answer.body as Record<string, string> | undefined) }[field];
    if (answer.status !== 200 || !token) throw refusal(`log in to ${service}`, answer);
    return { token, until: expiryOf(token) };
  }
}

/** The user name that says that the password is a token. */
const nobody = '00000000-0000-0000-0000-000000000000';

/** `{"errors": [{"code", "message"}]}`, as all registries answer; not to HEAD. */
const refusal = (action: string, { status, body }: Answer): UnavailableError => {
  const { errors = [] } = { ...(body as { errors?: { code?: string; message?: string }[] }) };
  const said = errors.map(({ code, message }) => `${code} ${message}`).join('; ');
  const hint = status === 401 || status === 403 ? forbidden : undefined;
  return new UnavailableError(`the rack could not ${action}: ${said || `status ${status}`}`, {
    ...(hint && { hint }),
  });
};

const forbidden =
  "give the rack's identity AcrPull on the registry (Container Registry Repository Reader, if it has repository permissions by attributes), and let the registry's firewall pass it; a new assignment takes some minutes";
