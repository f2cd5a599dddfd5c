import { UnavailableError } from '#core/errors.ts';
import type { Answer } from './ask.ts';

/** `{"error": {"code", "message"}}` of the resource manager as an error with its next step. */
export const resourceManagerRefusal = (
  { status, body }: Pick<Answer, 'status' | 'body'>,
  id: string
): UnavailableError => {
  const { error = {} } = { ...(body as { error?: { code?: string; message?: string } }) };
  const { code = `status ${status}`, message = '' } = error;
  const text = `Azure answered ${code} for ${id}: ${message.slice(0, 500)}`;
  const hint = hintOf(status, message);
  return new UnavailableError(text, { ...(hint && { hint }) });
};

const hintOf = (status: number, message: string): string | undefined => {
  if (status === 403) {
    const action = /perform action '([^']+)'/.exec(message)?.[1] ?? 'the needed actions';
    return `give the rack's identity a role with ${action} on the registry; a new assignment takes some minutes`;
  }
  if (status === 401) return 'the token is for another cloud or tenant: check the rack settings';
  if (status === 404) return 'check the resource id of the registry in the rack settings';
  if (/limit|quota|maximum/i.test(message)) {
    return 'the tier of the registry limits its tokens and scope maps: remove old ones or take a higher tier';
  }
  return undefined;
};
