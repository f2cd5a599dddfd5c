import * as z from 'zod';
import { askGoogle, type Sleep } from './ask-google.ts';

/** Who is to get a token, and who asks. */
export interface Impersonation {
  readonly endpoint: string;
  /** Of the asking account. */
  readonly token: string;
  /** The e-mail address of the account whose token it is. */
  readonly account: string;
  /** Google gives 3600 at most, unless an organization policy names the account. */
  readonly seconds: number;
  /** Shows in Google's audit log. */
  readonly reason: string;
}

export interface AccessToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** The only scope that both Artifact Registry's Docker host and the APIs take. */
export const cloudPlatform = 'https://www.googleapis.com/auth/cloud-platform';

const Answer = z.object({ accessToken: z.string().min(1), expireTime: z.string() });

/** IAM Credentials API, `projects.serviceAccounts.generateAccessToken`. */
export const accessToken = async (it: Impersonation, sleep: Sleep): Promise<AccessToken> => {
  const answer = await askGoogle(
    {
      url: `${it.endpoint}/v1/projects/-/serviceAccounts/${encodeURIComponent(it.account)}:generateAccessToken`,
      doing: `give a token of ${it.account}`,
      body: { scope: [cloudPlatform], lifetime: `${it.seconds}s` },
      headers: { authorization: `Bearer ${it.token}`, 'x-goog-request-reason': it.reason },
    },
    sleep
  );
  const { accessToken: token, expireTime } = Answer.parse(answer);
  return { token, expires: Date.parse(expireTime) };
};
