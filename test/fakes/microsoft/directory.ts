import { generateKeyPairSync, type JsonWebKey, type KeyObject, randomUUID } from 'node:crypto';
import { type Claims, isSignedBy, readClaims, signJwt } from '../aws-identity/jwt.ts';

export interface FederatedCredential {
  issuer: string;
  subject: string;
  audience: string;
}

/** A user-assigned managed identity, with what it may do on the registry. */
export interface Identity {
  readonly client: string;
  readonly object: string;
  readonly credentials: FederatedCredential[];
  /** Actions of its role assignments on the registry. */
  readonly actions: Set<string>;
}

/** What the parts of the fake know together: the directory, its keys and the time. */
export class Directory {
  readonly tenant = randomUUID();
  readonly identity: Identity = {
    client: randomUUID(),
    object: randomUUID(),
    credentials: [],
    actions: new Set(),
  };
  readonly clock: () => number;
  readonly #key: KeyObject;
  readonly #jwk: JsonWebKey;

  constructor(clock: () => number) {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.clock = clock;
    this.#key = privateKey;
    this.#jwk = publicKey.export({ format: 'jwk' });
  }

  now(): number {
    return Math.floor(this.clock() / 1000);
  }

  /** An access token for a resource; seconds. */
  issue(audience: string, lifetime: number): string {
    const { client, object } = this.identity;
    const [iat, exp] = [this.now(), this.now() + lifetime];
    const who = { appid: client, oid: object, sub: object, tid: this.tenant };
    const iss = `https://sts.windows.net/${this.tenant}/`;
    return signJwt({ aud: audience, iss, iat, nbf: iat, exp, ...who }, this.#key, 'entra');
  }

  /** The claims of a token that is the directory's own and has not ended. */
  accepted(token: string): Claims | undefined {
    const claims = readClaims(token);
    if (!claims || !isSignedBy(token, this.#jwk)) return undefined;
    return Number(claims['exp']) > this.now() ? claims : undefined;
  }
}
