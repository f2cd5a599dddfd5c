/** A refusal, in the form of the service that refuses. */
export class Fault extends Error {
  readonly status: number;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: object, headers: Readonly<Record<string, string>> = {}) {
    super(JSON.stringify(body));
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

const statuses = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
} as const;

interface Reason {
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** AIP-193. */
export const apiFault = (
  status: keyof typeof statuses,
  message: string,
  reason?: Reason
): Fault => {
  const details = reason && [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', ...reason }];
  const code = statuses[status];
  return new Fault(code, { error: { code, message, status, ...(details && { details }) } });
};

export const permissionFault = (permission: string): Fault =>
  apiFault(
    'PERMISSION_DENIED',
    `Permission '${permission}' denied on resource (or it may not exist).`,
    { reason: 'IAM_PERMISSION_DENIED', domain: 'iam.googleapis.com', metadata: { permission } }
  );

/** RFC 6749, section 5.2. */
export const oauthFault = (error: string, error_description: string): Fault =>
  new Fault(400, { error, error_description });

/** OCI distribution specification, error codes. */
export const dockerFault = (
  status: number,
  code: string,
  { message, headers }: { readonly message: string; readonly headers?: Record<string, string> }
): Fault => new Fault(status, { errors: [{ code, message }] }, headers);
