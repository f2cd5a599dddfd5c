import type { Clock } from '#core/clock.ts';
import { UnavailableError } from '#core/errors.ts';
import { type Answer, ask, form } from './ask.ts';
import { registryScope } from './clouds.ts';
import type { EntraTokens } from './entra-tokens.ts';
import { HeldTokens } from './held-tokens.ts';
import { expiryOf } from './jwt.ts';

export interface AcrRequest {
  readonly method: 'GET' | 'HEAD' | 'DELETE';
  readonly repository: string;
  /** What it takes, in the registry's words: `pull`, `metadata_read`, `delete`. */
  readonly actions: string;
  /** `/v2/…` or `/acr/v1/…`. */
  readonly path: string;
  readonly accept?: string;
  /** Statuses that are answers. */
  readonly statuses: readonly number[];
  /** What it is for, to follow "the rack could not". */
  readonly doing: string;
}

/** Asks a registry as the rack itself: an Entra token is exchanged for ACR's. */
export class AcrSession {
  readonly #entra: Pick<EntraTokens, 'token'>;
  readonly #url: string;
  readonly #held: HeldTokens;

  /** `url`: scheme and host of the registry, without a slash at the end. */
  constructor(entra: Pick<EntraTokens, 'token'>, url: string, clock: Clock) {
    this.#entra = entra;
    this.#url = url;
    this.#held = new HeldTokens(clock);
  }

  /** @throws UnavailableError for any other status. */
  async send(request: AcrRequest): Promise<Answer> {
    let answer = await this.#ask(request);
    if (answer.status === 401) {
      // Perhaps the role came after the token.
      this.#held.forget();
      answer = await this.#ask(request);
    }
    if (request.statuses.includes(answer.status)) return answer;
    throw refusal(request.doing, answer);
  }

  async #ask({ method, repository, actions, path, accept }: AcrRequest): Promise<Answer> {
    const token = await this.#accessToken(`repository:${repository}:${actions}`);
    const authorization = `Bearer ${token}`;
    return ask(this.#url + path, { method, headers: { authorization, ...(accept && { accept }) } });
  }

  #accessToken(scope: string): Promise<string> {
    return this.#held.get(scope, () =>
      this.#exchange('token', 'access_token', async () => ({
        grant_type: 'refresh_token',
        scope,
        refresh_token: await this.refreshToken(),
      }))
    );
  }

  /** ACR's own, which any scope can be asked for with. */
  refreshToken(): Promise<string> {
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
