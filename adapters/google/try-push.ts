import { UnavailableError } from '#core/errors.ts';
import { askGoogle, type Sleep } from './ask-google.ts';
import { GoogleError } from './google-error.ts';

export interface PushTrial {
  /** Of the Docker host. */
  readonly endpoint: string;
  /** `PROJECT/REPOSITORY/IMAGE` */
  readonly image: string;
  readonly username: string;
  readonly password: string;
}

/**
 * Tries a credential by what a client asks first of all: a token for a push, which the host gives
 * only to who may push.
 * @throws UnavailableError while it is refused.
 */
export const tryPush = async (trial: PushTrial, sleep: Sleep): Promise<void> => {
  if (await mayPush(trial, sleep)) return;
  throw new UnavailableError(`google does not yet let the grant push to ${trial.image}`, {
    hint: 'a new right takes 2 minutes as a rule, and 7 or more at times: ask again in a minute',
  });
};

/** Refused, nobody, or not known to this host. */
const refusals = new Set([401, 403, 404]);

const mayPush = async (
  { endpoint, image, username, password }: PushTrial,
  sleep: Sleep
): Promise<boolean> => {
  const url = new URL(`${endpoint}/v2/token`);
  url.searchParams.set('service', url.host);
  url.searchParams.set('scope', `repository:${image}:push,pull`);
  const login = Buffer.from(`${username}:${password}`).toString('base64');
  try {
    const headers = { authorization: `Basic ${login}` };
    await askGoogle({ url: url.href, doing: `let the grant push to ${image}`, headers }, sleep);
    return true;
  } catch (error) {
    if (error instanceof GoogleError && refusals.has(error.status)) return false;
    throw error;
  }
};
