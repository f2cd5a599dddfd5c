import { STSClient } from '@aws-sdk/client-sts';
import { expect, test } from '@jest/globals';
import { webIdentityToken } from '#adapters/sts/web-identity-token.ts';
import { readClaims } from '#test/fakes/aws-identity/jwt.ts';
import { settings } from '../aws.ts';

test('asks as STS wants to be asked, for one audience and five minutes', async () => {
  const token = await webIdentityToken('api://AzureADTokenExchange', new STSClient(settings()));

  const { aud, sub, iat, exp } = readClaims(token) ?? {};
  expect({ aud, sub }).toEqual({
    aud: 'api://AzureADTokenExchange',
    sub: expect.stringMatching(/^arn:aws:iam::/),
  });
  expect(Number(exp) - Number(iat)).toBe(300);
});
