import {
  GetWebIdentityTokenCommand,
  OutboundWebIdentityFederationDisabledException,
  STSClient,
} from '@aws-sdk/client-sts';
import { UnavailableError } from '#core/errors.ts';

/** Exchanged at once for a token of the other cloud; seconds. */
const lifetime = 300;

/**
 * A JWT of the account's own issuer that says to `audience`, in another cloud, which role this
 * function runs as: `sub` is the role's ARN. Only regional endpoints of STS know the call, and
 * Entra takes no other signature than RS256.
 */
export const webIdentityToken = async (
  audience: string,
  sts: STSClient = new STSClient()
): Promise<string> => {
  const command = new GetWebIdentityTokenCommand({
    Audience: [audience],
    DurationSeconds: lifetime,
    SigningAlgorithm: 'RS256',
  });
  const { WebIdentityToken: token } = await sts.send(command).catch((cause: unknown) => {
    throw refusal(audience, cause);
  });
  if (!token) throw new Error('STS gave no web identity token');
  return token;
};

const refusal = (audience: string, cause: unknown): unknown => {
  if (cause instanceof OutboundWebIdentityFederationDisabledException) {
    return new UnavailableError('the AWS account issues no web identity tokens', {
      hint: 'switch it on once for the account: aws iam enable-outbound-web-identity-federation',
      cause,
    });
  }
  if (!(cause instanceof Error) || !/^AccessDenied/.test(cause.name)) return cause;
  return new UnavailableError(`the rack may not ask AWS for a web identity token for ${audience}`, {
    hint: "allow sts:GetWebIdentityToken with that sts:IdentityTokenAudience to the function's role",
    cause,
  });
};
