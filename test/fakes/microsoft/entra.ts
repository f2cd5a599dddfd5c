import type { JsonWebKey } from 'node:crypto';
import { type Call, fieldsOf, type Reply } from '../aws-identity/http.ts';
import { type Claims, isSignedBy, keyId, readClaims } from '../aws-identity/jwt.ts';
import type { Directory, FederatedCredential } from './directory.ts';

const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const documentation = 'https://learn.microsoft.com/entra/workload-id/workload-identity-federation';

/** A no of Entra's token endpoint. */
interface No {
  readonly code: number;
  readonly text: string;
  readonly error?: string;
  readonly status?: number;
}

/** `POST /TENANT/oauth2/v2.0/token` for client credentials with a federated assertion. */
export const entra =
  (directory: Directory, resources: readonly string[]) =>
  async (call: Call): Promise<Reply> => {
    const fields = fieldsOf(call);
    const no =
      refusedRequest(directory, call, fields) ??
      (await refusedAssertion(directory, fields['client_assertion'] ?? '')) ??
      refusedScope(fields['scope'] ?? '', resources);
    if (no) return failure(no, directory);
    const audience = (fields['scope'] ?? '').replace(/\/\.default$/, '');
    const access_token = directory.issue(audience, 3599);
    const times = { expires_in: 3599, ext_expires_in: 3599 };
    return { status: 200, body: { token_type: 'Bearer', ...times, access_token } };
  };

const refusedRequest = (
  { tenant, identity }: Directory,
  { method, url }: Call,
  fields: Readonly<Record<string, string>>
): No | undefined => {
  const asked = /^\/([^/]+)\/oauth2\/v2\.0\/token$/.exec(url.pathname)?.[1];
  if (method !== 'POST' || !asked)
    return { code: 90019, text: 'No tenant-identifying information found.' };
  if (asked !== tenant) {
    return {
      code: 90002,
      text: `Tenant '${asked}' not found. Check to make sure you have the correct tenant ID.`,
    };
  }
  if (fields['grant_type'] !== 'client_credentials') {
    return {
      code: 70003,
      error: 'unsupported_grant_type',
      text: 'The app requested an unsupported grant type.',
    };
  }
  if (fields['client_id'] !== identity.client) {
    const text = `Application with identifier '${fields['client_id']}' was not found in the directory 'Contoso'. This can happen if the application has not been installed by the administrator of the tenant.`;
    return { code: 700016, error: 'unauthorized_client', text };
  }
  if (fields['client_assertion_type'] === jwtBearer) return undefined;
  const text = "The request body must contain the following parameter: 'client_assertion'.";
  return { code: 7000218, error: 'invalid_client', status: 401, text };
};

const refusedAssertion = async (
  directory: Directory,
  assertion: string
): Promise<No | undefined> => {
  const claims = readClaims(assertion);
  if (!claims) return { code: 50027, text: 'JWT token is invalid or malformed.' };
  const { credentials, client } = directory.identity;
  if (credentials.length === 0) {
    const text = `The client '${client}'(Contoso) has no configured federated identity credentials.`;
    return { code: 70025, error: 'invalid_client', status: 401, text };
  }
  const unmatched = mismatch(credentials, claims);
  if (unmatched) return unmatched;
  if (!(await isFromItsIssuer(assertion, String(claims['iss'])))) {
    const text = `Assertion failed signature validation. [Reason - The key was not found., Thumbprint of key used by client: '${keyId(assertion)}']`;
    return { code: 50013, error: 'invalid_grant', text };
  }
  const now = directory.now();
  return isInTime(claims, now) ? undefined : outOfTime(claims, now);
};

/** Issuer, subject and audience have to be exactly those of one credential. */
const mismatch = (
  credentials: readonly FederatedCredential[],
  { iss, sub, aud }: Claims
): No | undefined => {
  const ofIssuer = credentials.filter((it) => it.issuer === iss);
  if (ofIssuer.length === 0) return noRecord(700211, `issuer '${iss}'`);
  const ofSubject = ofIssuer.filter((it) => it.subject === sub);
  if (ofSubject.length === 0) {
    const isNear = ofIssuer.some((it) => it.subject.toLowerCase() === String(sub).toLowerCase());
    const near =
      ' The subject matches with case-insensitive comparison, but not with case-sensitive comparison.';
    return isNear
      ? noRecord(7002138, `subject '${sub}'`, near)
      : noRecord(700213, `subject '${sub}'`);
  }
  const isForUs = ofSubject.some((it) => [aud].flat().includes(it.audience));
  return isForUs ? undefined : noRecord(700212, `audience '${aud}'`);
};

const noRecord = (code: number, what: string, more = ''): No => ({
  code,
  error: 'invalid_client',
  status: 401,
  text: `No matching federated identity record found for presented assertion ${what}.${more} Check your federated identity credential Subject, Audience and Issuer against the presented assertion. ${documentation}`,
});

/** Keys are looked up as OpenID Connect discovery says. */
const isFromItsIssuer = async (assertion: string, issuer: string): Promise<boolean> => {
  const discovery = await fetch(`${issuer}/.well-known/openid-configuration`);
  const { jwks_uri } = (await discovery.json()) as { jwks_uri: string };
  const { keys } = (await (await fetch(jwks_uri)).json()) as {
    keys: (JsonWebKey & { kid: string })[];
  };
  const key = keys.find((it) => it.kid === keyId(assertion));
  return key !== undefined && isSignedBy(assertion, key);
};

const isInTime = ({ iat, exp }: Claims, now: number): boolean =>
  Number(iat) <= now + 300 && Number(exp) > now;

const outOfTime = ({ iat, exp }: Claims, now: number): No => {
  const [current, from, until] = [now, iat, exp].map((it) =>
    new Date(Number(it) * 1000).toISOString()
  );
  const text = `Client assertion is not within its valid time range. Current time: ${current}, assertion valid from ${from}, expiry time of assertion ${until}.`;
  return { code: 700024, error: 'invalid_client', status: 401, text };
};

const refusedScope = (scope: string, resources: readonly string[]): No | undefined => {
  if (!scope.endsWith('/.default')) {
    const text = `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`;
    return { code: 1002012, error: 'invalid_scope', text };
  }
  const resource = scope.replace(/\/\.default$/, '');
  if (resources.includes(resource)) return undefined;
  const text = `The resource principal named ${resource} was not found in the tenant named Contoso.`;
  return { code: 500011, error: 'invalid_resource', text };
};

const failure = (
  { code, text, error = 'invalid_request', status = 400 }: No,
  { clock, tenant }: Directory
): Reply => {
  const timestamp = new Date(clock()).toISOString().replace('T', ' ').replace(/\.\d+/, '');
  const ids = { trace_id: tenant, correlation_id: tenant };
  const error_description = `AADSTS${code}: ${text} Trace ID: ${tenant} Correlation ID: ${tenant} Timestamp: ${timestamp}`;
  return { status, body: { error, error_description, error_codes: [code], timestamp, ...ids } };
};
