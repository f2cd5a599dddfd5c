import * as z from 'zod';
import { UnavailableError } from '#core/errors.ts';

/** Google's no. `reason` is the most exact word in it: `SERVICE_DISABLED`, `NOT_FOUND`, `invalid_grant`. */
export class GoogleError extends UnavailableError {
  readonly status: number;
  readonly reason: string;

  constructor(answer: GoogleAnswer, doing: string) {
    const hint = nextStep(answer);
    super(`google does not ${doing}: ${answer.message}`, hint === undefined ? {} : { hint });
    this.status = answer.status;
    this.reason = answer.reason;
  }
}

interface GoogleAnswer {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** `google.rpc.Status` as AIP-193 writes it in JSON. */
const ApiRefusal = z.object({
  error: z.object({
    message: z.string(),
    status: z.string().default(''),
    details: z
      .array(
        z.looseObject({
          reason: z.string().optional(),
          metadata: z.record(z.string(), z.string()).optional(),
        })
      )
      .default([]),
  }),
});

/** What the token exchange says: RFC 6749, section 5.2. */
const OauthRefusal = z.object({ error: z.string(), error_description: z.string().default('') });

/** Reads either form; a page of a proxy in between is quoted by its beginning. */
export const googleError = (status: number, body: string, doing: string): GoogleError => {
  const json = parsed(body);
  const api = ApiRefusal.safeParse(json);
  if (api.success) {
    const { message, status: word, details } = api.data.error;
    const detail = details.find((it) => it.reason);
    const metadata = detail?.metadata ?? {};
    return new GoogleError({ status, reason: detail?.reason ?? word, message, metadata }, doing);
  }
  const oauth = OauthRefusal.safeParse(json);
  const { error: reason, error_description: text } = oauth.data ?? {
    error: '',
    error_description: body.slice(0, 200),
  };
  const message = text || reason || `HTTP status ${status}`;
  return new GoogleError({ status, reason, message, metadata: {} }, doing);
};

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

/** The roles and settings are those of docs/registries/google.md. */
const steps: Readonly<Record<string, string>> = {
  invalid_target:
    "there is no such provider, or its pool is disabled: compare the rack's setting with gcloud iam workload-identity-pools providers describe",
  invalid_request:
    'the provider is written projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER',
  unauthorized_client:
    "the provider's attribute condition must name the role of this function: gcloud iam workload-identity-pools providers update-oidc --attribute-condition",
  invalid_grant:
    "the provider's issuer must be the one of this AWS account (aws iam get-outbound-web-identity-federation-info), and it must allow its own name as audience",
  RESOURCE_EXHAUSTED:
    'try again later; if it is about service accounts, raise the quota of the project: an app needs one, two when it is built in the cluster',
};

const nextStep = ({ reason, metadata }: GoogleAnswer): string | undefined => {
  const { permission = '', activationUrl, service } = metadata;
  if (reason === 'SERVICE_DISABLED') {
    return `enable the API and wait a minute: ${activationUrl ?? `gcloud services enable ${service}`}`;
  }
  if (permission === 'iam.serviceAccounts.getAccessToken') {
    return "it takes roles/iam.workloadIdentityUser on the rack's own account, for this function; and iam.serviceAccounts.getAccessToken on the accounts of apps, for the rack's own";
  }
  if (permission) return `give the rack's service account a role with ${permission}`;
  return steps[reason];
};
