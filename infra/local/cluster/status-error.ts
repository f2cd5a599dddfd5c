import type { V1Status, V1StatusDetails } from '@kubernetes/client-node';

/** What an API answer other than success is made of; see `V1Status`. */
export interface StatusFields {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: V1StatusDetails | undefined;
}

/** A refusal that a client sees as a Kubernetes `Status` document with the same HTTP code. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly code: number;
  readonly reason: string;
  readonly details: V1StatusDetails | undefined;

  constructor({ code, reason, message, details }: StatusFields) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  toStatus(): V1Status {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      ...(this.details === undefined ? {} : { details: this.details }),
      code: this.code,
    };
  }
}

/** `resource` is written as the API server does: `pods`, `deployments.apps`. */
export const notFound = (resource: string, name: string): StatusError =>
  new StatusError({
    code: 404,
    reason: 'NotFound',
    message: `${resource} "${name}" not found`,
    details: { name, ...groupAndKind(resource) },
  });

export const alreadyExists = (resource: string, name: string): StatusError =>
  new StatusError({
    code: 409,
    reason: 'AlreadyExists',
    message: `${resource} "${name}" already exists`,
    details: { name, ...groupAndKind(resource) },
  });

export const conflict = (resource: string, name: string, why: string): StatusError =>
  new StatusError({
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${resource} "${name}": ${why}`,
    details: { name, ...groupAndKind(resource) },
  });

/** Why an update with an old `resourceVersion` is refused, in the API server's words. */
export const staleVersion =
  'the object has been modified; please apply your changes to the latest version and try again';

export const badRequest = (message: string): StatusError =>
  new StatusError({ code: 400, reason: 'BadRequest', message });

export const expired = (asked: number, oldest: number): StatusError =>
  new StatusError({
    code: 410,
    reason: 'Expired',
    message: `too old resource version: ${asked} (${oldest})`,
  });

const groupAndKind = (resource: string): V1StatusDetails => {
  const [kind = resource, ...group] = resource.split('.');
  return group.length === 0 ? { kind } : { group: group.join('.'), kind };
};
