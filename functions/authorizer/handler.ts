import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import { identify } from '#core/tokens/identify.ts';
import { dependencies } from '../runtime/dependencies/authorizer.ts';

const whoIs = identify(dependencies);

/** Says who is calling and never denies: functions refuse, in our error shape. */
export const handler = async ({ headers }: APIGatewayRequestAuthorizerEventV2) => {
  const token = await whoIs(headers?.['authorization']);
  return {
    isAuthorized: true,
    context: token ? { name: token.name, role: token.role, app: token.app ?? '' } : {},
  };
};
