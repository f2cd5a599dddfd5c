import type { JsonWebKey } from 'node:crypto';
import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { webIdentityToken } from '#adapters/sts/web-identity-token.ts';
import { isSignedBy, readClaims } from '#test/fakes/aws-identity/jwt.ts';
import {
  startWebIdentityIssuer,
  type WebIdentityIssuer,
} from '#test/fakes/aws-identity/web-identity-issuer.ts';

const audience = 'api://AzureADTokenExchange';
let issuer: WebIdentityIssuer;
let sts: STSClient;

beforeAll(async () => {
  issuer = await startWebIdentityIssuer();
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  sts = new STSClient({ endpoint: issuer.url, region: 'eu-west-1', credentials, maxAttempts: 1 });
});

afterAll(async () => {
  sts.destroy();
  await issuer.close();
});

beforeEach(() => {
  issuer.isEnabled = true;
  issuer.isAllowed = true;
});

test('says which role it is, to one audience, signed by the issuer of the account', async () => {
  const token = await webIdentityToken(audience, sts);

  expect(readClaims(token)).toMatchObject({
    iss: issuer.url,
    sub: issuer.roleArn,
    aud: audience,
  });
  const { keys } = (await (await fetch(`${issuer.url}/.well-known/jwks.json`)).json()) as {
    keys: [JsonWebKey];
  };
  expect(isSignedBy(token, keys[0])).toBe(true);
});

test('says how to switch federation on where it is off', async () => {
  issuer.isEnabled = false;

  await expect(webIdentityToken(audience, sts)).rejects.toMatchObject({
    name: 'UnavailableError',
    message: 'the AWS account issues no web identity tokens',
    hint: expect.stringContaining('aws iam enable-outbound-web-identity-federation'),
  });
});

test('says which permission is missing', async () => {
  issuer.isAllowed = false;

  await expect(webIdentityToken(audience, sts)).rejects.toMatchObject({
    name: 'UnavailableError',
    message: `the rack may not ask AWS for a web identity token for ${audience}`,
    hint: expect.stringContaining('sts:GetWebIdentityToken'),
  });
});
