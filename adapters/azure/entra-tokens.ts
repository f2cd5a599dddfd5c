import type { Clock } from '#core/clock.ts';
import { ask, form } from './ask.ts';
import type { EntraIdentity } from './entra-identity.ts';
import { entraRefusal } from './entra-refusal.ts';
import { type HeldToken, HeldTokens } from './held-tokens.ts';

/** Says who the rack is, to an audience: a signed JWT. */
export type Assert = (audience: string) => Promise<string>;

/**
 * Entra tokens without a secret: what AWS says of the role is exchanged for them.
 * A scope is the resource with `/.default` at its end.
 */
export class EntraTokens {
  readonly #assert: Assert;
  readonly #identity: EntraIdentity;
  readonly #held: HeldTokens;
  readonly #clock: Clock;

  constructor(assert: Assert, identity: EntraIdentity, clock: Clock) {
    this.#assert = assert;
    this.#identity = identity;
    this.#held = new HeldTokens(clock);
    this.#clock = clock;
  }

  /** @throws UnavailableError that says which part of the trust is missing. */
  token(scope: string): Promise<string> {
    return this.#held.get(scope, () => this.request(scope));
  }

  /** One that is not kept. */
  async request(scope: string): Promise<HeldToken> {
    const { tenant, client, cloud } = this.#identity;
    const assertion = await this.#assert(cloud.assertionAudience);
    const url = `${cloud.authority}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`;
    const grant = {
      grant_type: 'client_credentials',
      client_id: client,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      scope,
    };
    const { status, body } = await ask(url, form(grant));
    const answer = { ...(body as { access_token?: string; expires_in?: number } | undefined) };
    if (status !== 200 || !answer.access_token) {
      throw entraRefusal(this.#identity, assertion, { status, body });
    }
    const until = this.#clock() + Number(answer.expires_in ?? 0) * 1000;
    return { token: answer.access_token, until };
  }
}
