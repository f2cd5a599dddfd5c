import type { Clock } from '#core/clock.ts';
import { UnavailableError } from '#core/errors.ts';
import { manifestTypes } from '../registry/manifest-links.ts';
import { AcrSession } from './acr-session.ts';
import type { EntraTokens } from './entra-tokens.ts';

/** Reads a registry as the rack itself, which may pull. */
export class AcrReader {
  readonly #session: AcrSession;

  /** `url`: scheme and host of the registry, without a slash at the end. */
  constructor(entra: Pick<EntraTokens, 'token'>, url: string, clock: Clock) {
    this.#session = new AcrSession(entra, url, clock);
  }

  /** As `az acr login --expose-token` gives it: Docker's way to show a token of ACR. */
  async login(): Promise<{ readonly username: string; readonly password: string }> {
    return { username: nobody, password: await this.#session.refreshToken() };
  }

  /** `sha256:…` of what a tag names, if it names anything. */
  async digest(repository: string, tag: string): Promise<string | undefined> {
    const doing = `read ${repository}:${tag}`;
    const { status, headers } = await this.#session.send({
      method: 'HEAD',
      repository,
      actions: 'pull',
      path: `/v2/${repository}/manifests/${encodeURIComponent(tag)}`,
      accept: manifestTypes.join(', '),
      statuses: [200, 404],
      doing,
    });
    if (status === 404) return undefined;
    const digest = headers.get('docker-content-digest');
    if (digest) return digest;
    throw new UnavailableError(`the rack could not ${doing}: status ${status}`);
  }
}

/** The user name that says that the password is a token. */
const nobody = '00000000-0000-0000-0000-000000000000';
