import type { Permission } from '#contracts/endpoint.ts';
import { PermissionDeniedError, UnauthenticatedError } from '#core/errors.ts';
import { mayDo, type Token } from '#core/tokens/token.ts';

/** Who sends a request: what the authorizer found out, or nobody. */
export type Caller = Token | undefined;

/** What a token for one app may do outside it; lists then show that app alone. */
const looksOnly: ReadonlySet<Permission> = new Set(['rack:read', 'app:read']);

/**
 * The authorizer only identifies; whether the caller may is decided here, so that every refusal has
 * our error shape.
 * @throws UnauthenticatedError, PermissionDeniedError
 */
export const requirePermission = (
  caller: Caller,
  permission: Permission,
  app: string | undefined
): void => {
  if (permission === 'open') return;
  if (!caller) {
    throw new UnauthenticatedError('invalid authentication', {
      hint: 'send a token of this rack: set RACK_URL or log in',
    });
  }
  if (caller.app && caller.app !== app && !(app === undefined && looksOnly.has(permission))) {
    throw new PermissionDeniedError(`token ${caller.name} is for app ${caller.app} only`, {
      hint: 'ask an admin of the rack for another token',
    });
  }
  if (!mayDo(caller.role, permission)) {
    throw new PermissionDeniedError(
      `token ${caller.name} has role ${caller.role}, which does not allow ${permission}`,
      { hint: 'ask an admin of the rack for another token' }
    );
  }
};
