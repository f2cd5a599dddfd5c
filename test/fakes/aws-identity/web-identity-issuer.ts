import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { type Call, fieldsOf, type LocalServer, type Reply, serve } from './http.ts';
import { type Claims, signJwt } from './jwt.ts';

export interface WebIdentityIssuer extends LocalServer {
  /** Who asks STS, as far as it can tell. */
  roleArn: string;
  /** As for an account where nobody has switched it on. */
  isEnabled: boolean;
  /** As for a role without sts:GetWebIdentityToken. */
  isAllowed: boolean;
  /** A token as STS makes it; `claims` replace what it would say. */
  token(audience: string, claims?: Claims): string;
}

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

/**
 * The issuer of an AWS account's web identity tokens, and the one call of STS that makes them.
 * From "Understanding token claims" (docs.aws.amazon.com/IAM/latest/UserGuide/
 * id_roles_providers_outbound_token_claims.html) and "GetWebIdentityToken"
 * (docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html).
 */
export const startWebIdentityIssuer = async (
  clock: () => number = Date.now
): Promise<WebIdentityIssuer> => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = randomUUID();
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };
  const server = await serve((call) => answer(call));
  const issuer: WebIdentityIssuer = {
    ...server,
    roleArn: 'arn:aws:iam::123456789012:role/rackless-test-credentials',
    isEnabled: true,
    isAllowed: true,
    token: (audience, claims = {}) => {
      const iat = Math.floor(clock() / 1000);
      const own = { iss: server.url, aud: audience, sub: issuer.roleArn, iat, exp: iat + 300 };
      const account = { 'https://sts.amazonaws.com/': { aws_account: '123456789012' } };
      return signJwt({ ...own, jti: randomUUID(), ...account, ...claims }, privateKey, kid);
    },
  };

  const answer = (call: Call): Reply => {
    if (call.url.pathname === '/.well-known/openid-configuration') {
      const jwks_uri = `${server.url}/.well-known/jwks.json`;
      return { status: 200, body: { issuer: server.url, jwks_uri } };
    }
    if (call.url.pathname === '/.well-known/jwks.json')
      return { status: 200, body: { keys: [jwk] } };
    return sts(call);
  };

  const sts = (call: Call): Reply => {
    const refusal = stsRefusal(issuer, fieldsOf(call));
    if (refusal) return refusal;
    const { 'Audience.member.1': audience = '', DurationSeconds = '300' } = fieldsOf(call);
    const exp = Math.floor(clock() / 1000) + Number(DurationSeconds);
    return success(issuer.token(audience, { exp }), exp);
  };
  return issuer;
};

const stsRefusal = (
  { isEnabled, isAllowed }: WebIdentityIssuer,
  { Action, 'Audience.member.1': audience, SigningAlgorithm = '' }: Readonly<Record<string, string>>
): Reply | undefined => {
  if (Action !== 'GetWebIdentityToken') return failure(400, 'InvalidAction');
  if (!audience || !['RS256', 'ES384'].includes(SigningAlgorithm)) {
    return failure(400, 'ValidationError');
  }
  if (!isEnabled) return failure(403, 'OutboundWebIdentityFederationDisabledException');
  return isAllowed ? undefined : failure(403, 'AccessDenied');
};

const success = (token: string, exp: number): Reply => ({
  status: 200,
  headers: { 'content-type': 'text/xml' },
  body: `<GetWebIdentityTokenResponse xmlns="${namespace}"><GetWebIdentityTokenResult><WebIdentityToken>${token}</WebIdentityToken><Expiration>${new Date(exp * 1000).toISOString()}</Expiration></GetWebIdentityTokenResult><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></GetWebIdentityTokenResponse>`,
});

const failure = (status: number, code: string): Reply => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${code}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
});
