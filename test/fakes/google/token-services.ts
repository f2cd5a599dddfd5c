import type { JsonWebKey } from 'node:crypto';
import { isSignedBy, keyId, readClaims } from '../aws-identity/jwt.ts';
import { holds } from './condition.ts';
import { apiFault, type Fault, oauthFault } from './fault.ts';
import { bearerOf, json, ok, type Service } from './request.ts';
import type { GoogleWorld, Provider } from './world.ts';

const exchange = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
};

/** Security Token Service. */
export const tokenExchange: Service = (world, { method, path, body }) => {
  if (method !== 'POST' || path !== '/v1/token') return undefined;
  const form = new URLSearchParams(body.toString());
  for (const [name, value] of Object.entries(exchange)) {
    if (form.get(name) !== value)
      throw oauthFault('invalid_request', `Invalid value for "${name}".`);
  }
  const [name, pool] = providerIn(form.get('audience') ?? '');
  const provider = world.providers.get(name);
  if (!provider) throw unknownProvider;
  const check = { name, provider, now: world.clock() };
  return verified(form.get('subject_token') ?? '', check).then((sub) => {
    const { token } = world.issue(`principal://iam.googleapis.com/${pool}/subject/${sub}`, 3600);
    const issued_token_type = exchange.requested_token_type;
    return ok({ access_token: token, issued_token_type, token_type: 'Bearer', expires_in: 3600 });
  });
};

const unknownProvider = oauthFault(
  'invalid_target',
  'The target service indicated by the "audience" parameters is invalid. This might either be because the pool or provider is disabled or deleted or because it doesn\'t exist.'
);

const providerIn = (audience: string): readonly [string, string] => {
  const found =
    /^\/\/iam\.googleapis\.com\/((projects\/\d+\/locations\/global\/workloadIdentityPools\/[^/]+)\/providers\/[^/]+)$/.exec(
      audience
    );
  if (found) return [found[1] ?? '', found[2] ?? ''];
  throw oauthFault(
    'invalid_request',
    'Invalid value for "audience". This value should be the full resource name of the Identity Provider. See https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token for the list of possible formats.'
  );
};

interface Check {
  readonly name: string;
  readonly provider: Provider;
  readonly now: number;
}

/** The subject of a token that the provider takes. */
const verified = async (jwt: string, { name, provider, now }: Check): Promise<string> => {
  const claims = readClaims(jwt);
  if (!claims) throw oauthFault('invalid_request', 'Unable to parse the ID Token.');
  const { iss, aud, exp, sub } = claims;
  const names = [`https://iam.googleapis.com/${name}`, `//iam.googleapis.com/${name}`];
  const faults: readonly (readonly [boolean, string])[] = [
    [
      iss !== provider.issuer,
      `The issuer in ID Token ${iss} does not match the expected ones: [${provider.issuer}].`,
    ],
    [!(await isGenuine(jwt, provider)), 'Error verifying the ID Token: invalid signature.'],
    [
      !names.includes(String(aud)),
      `The audience in ID Token [${aud}] does not match the expected audience.`,
    ],
    [!(Number(exp) * 1000 > now), 'ID Token is stale to sign-in.'],
  ];
  const fault = faults.find(([isWrong]) => isWrong);
  if (fault) throw oauthFault('invalid_grant', fault[1]);
  if (provider.condition === '' || holds(provider.condition, claims)) return String(sub);
  throw oauthFault(
    'unauthorized_client',
    'The given credential is rejected by the attribute condition.'
  );
};

/** OpenID Connect discovery. */
const isGenuine = async (jwt: string, { issuer }: Provider): Promise<boolean> => {
  const read = async (url: string): Promise<Record<string, unknown>> =>
    (await (await fetch(url)).json()) as Record<string, unknown>;
  const { jwks_uri } = await read(`${issuer}/.well-known/openid-configuration`);
  const { keys } = await read(String(jwks_uri));
  const key = (keys as JsonWebKey[]).find((it) => it['kid'] === keyId(jwt));
  return key !== undefined && isSignedBy(jwt, key);
};

/** IAM Service Account Credentials. */
export const accountTokens: Service = (world, request) => {
  const found = /^\/v1\/projects\/-\/serviceAccounts\/([^/:]+):generateAccessToken$/.exec(
    request.path
  );
  if (request.method !== 'POST' || !found) return undefined;
  const email = decodeURIComponent(found[1] ?? '');
  world.demand(bearerOf(request), 'iam.serviceAccounts.getAccessToken', email);
  const { scope, lifetime = '3600s' } = json(request);
  const seconds = Number(/^(\d+)s$/.exec(String(lifetime))?.[1] ?? 0);
  if (!Array.isArray(scope) || scope.length === 0) throw invalid('scope is required.');
  if (seconds < 1 || seconds > 3600) {
    throw invalid('The lifetime of the token must be between 1 and 3600 seconds.');
  }
  requireAwake(world, email);
  const { token, expires } = world.issue(`serviceAccount:${email}`, seconds);
  return ok({ accessToken: token, expireTime: new Date(expires).toISOString() });
};

const invalid = (message: string): Fault => apiFault('INVALID_ARGUMENT', message);

const requireAwake = (world: GoogleWorld, email: string): void => {
  const account = world.knownAccount(email);
  if (!account) throw apiFault('NOT_FOUND', 'Not found; Gaia id not found for email');
  if (account.disabled) throw apiFault('FAILED_PRECONDITION', 'Service account is disabled.');
};
