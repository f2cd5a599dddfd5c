import { createPublicKey, type JsonWebKey, type KeyObject, sign, verify } from 'node:crypto';

export type Claims = Readonly<Record<string, unknown>>;

/** A JWT signed with RS256. */
export const signJwt = (claims: Claims, key: KeyObject, kid: string): string => {
  const header = { alg: 'RS256', typ: 'JWT', kid };
  const text = [header, claims].map((it) => encode(JSON.stringify(it))).join('.');
  return `${text}.${encode(sign('sha256', Buffer.from(text), key))}`;
};

export const keyId = (jwt: string): unknown => part(jwt, 0)?.['kid'];

export const algorithm = (jwt: string): unknown => part(jwt, 0)?.['alg'];

/** What a token says, believed or not; undefined when it is no token. */
export const readClaims = (jwt: string): Claims | undefined => part(jwt, 1);

/** Whether a token is signed with RS256 by the owner of a key. */
export const isSignedBy = (jwt: string, key: JsonWebKey): boolean => {
  const [header = '', claims = '', signature = ''] = jwt.split('.');
  if (algorithm(jwt) !== 'RS256') return false;
  const publicKey = createPublicKey({ key, format: 'jwk' });
  const text = Buffer.from(`${header}.${claims}`);
  return verify('sha256', text, publicKey, Buffer.from(signature, 'base64url'));
};

const part = (jwt: string, index: number): Claims | undefined => {
  try {
    return JSON.parse(Buffer.from(jwt.split('.')[index] ?? '', 'base64url').toString()) as Claims;
  } catch {
    return undefined;
  }
};

const encode = (data: string | Buffer): string => Buffer.from(data).toString('base64url');
