import { execFileSync } from 'node:child_process';
import { randomUUID, sign, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Call, type Reply, serve } from '#test/fakes/aws-identity/http.ts';

/** What somebody who logs in may do with each repository; undefined for an unknown login. */
export type Rights = (
  username: string,
  password: string
) => ((repository: string) => readonly string[]) | undefined;

export interface TokenEndpoint {
  readonly url: string;
  /** For the registry: who signs, and by which certificate. */
  readonly issuer: string;
  readonly certificates: string;
  close(): Promise<void>;
}

const issuer = 'rackless tests';
/** Seconds. */
const lifetime = 60;

/**
 * The token endpoint of the distribution project's `docs/spec/auth/token.md` and `jwt.md`: Basic in,
 * an RS256 JWT out, whose header carries the signer's certificate (`x5c`).
 */
export const startTokenEndpoint = async (rights: Rights): Promise<TokenEndpoint> => {
  const folder = mkdtempSync(join(tmpdir(), 'rackless-tokens-'));
  const signer = makeSigner(folder);
  const server = await serve((call) => answer(call, rights, signer));
  const close = async (): Promise<void> => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: server.url, issuer, certificates: signer.certificates, close };
};

interface Signer {
  readonly key: string;
  readonly certificates: string;
  /** DER, base64. */
  readonly x5c: string;
}

const makeSigner = (folder: string): Signer => {
  const [keyFile, certificates] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const subject = ['-subj', '/CN=rackless-tokens', '-days', '2'];
  const files = ['-keyout', keyFile, '-out', certificates];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject, ...files], {
    stdio: 'ignore',
  });
  const { raw } = new X509Certificate(readFileSync(certificates));
  return { key: readFileSync(keyFile, 'utf8'), certificates, x5c: raw.toString('base64') };
};

const answer = ({ url, headers }: Call, rights: Rights, signer: Signer): Reply => {
  const [username, password] = basicOf(headers.authorization ?? '');
  const allowed = rights(username, password);
  if (!allowed) {
    return { status: 401, body: { errors: [{ code: 'UNAUTHORIZED', message: 'who are you?' }] } };
  }
  const access = url.searchParams.getAll('scope').map((scope) => {
    const [type = '', name = '', wanted = ''] = scope.split(':');
    const actions = wanted.split(',').filter((it) => allowed(name).includes(it));
    return { type, name, actions };
  });
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: issuer,
    sub: username,
    aud: url.searchParams.get('service') ?? '',
    iat: now,
    nbf: now - 5,
    exp: now + lifetime,
    jti: randomUUID(),
    access,
  };
  return { status: 200, body: { token: jwt(claims, signer), expires_in: lifetime } };
};

const jwt = (claims: object, { key, x5c }: Signer): string => {
  const header = { typ: 'JWT', alg: 'RS256', x5c: [x5c] };
  const text = [header, claims]
    .map((it) => Buffer.from(JSON.stringify(it)).toString('base64url'))
    .join('.');
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
};

const basicOf = (authorization: string): readonly [string, string] => {
  const text = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
  const [name = '', ...rest] = text.split(':');
  return [name, rest.join(':')];
};
