import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { EntraTokens } from '#adapters/azure/entra-tokens.ts';
import { type AzureBed, openAzureBed, setUp } from '#test/fakes/microsoft/azure-bed.ts';

const scope = 'https://management.azure.com/.default';
let bed: AzureBed;

beforeAll(async () => {
  bed = await openAzureBed();
});

afterAll(async () => bed.close());

beforeEach(() => setUp(bed));

/** A rack that shows a token with other claims than AWS would put in. */
const showing = (claims: Readonly<Record<string, unknown>>): EntraTokens => {
  const { directory, cloud } = bed.microsoft;
  const identity = { tenant: directory.tenant, client: directory.identity.client, cloud };
  const assert = async (audience: string): Promise<string> => bed.issuer.token(audience, claims);
  return new EntraTokens(assert, identity, () => bed.time.now);
};

test('exchanges what AWS says of the role for a token of the resource', async () => {
  const token = await bed.entra().token(scope);

  expect(bed.microsoft.directory.accepted(token)).toMatchObject({
    aud: 'https://management.azure.com',
  });
});

test.each([
  ['another role', { sub: 'arn:aws:iam::123456789012:role/other' }, 'AADSTS700213'],
  [
    'a role in other letters',
    { sub: 'arn:aws:iam::123456789012:role/Rackless-Test-Credentials' },
    'AADSTS7002138',
  ],
  ['another account', { iss: 'https://other.tokens.sts.global.api.aws' }, 'AADSTS700211'],
  ['another audience', { aud: 'sts.amazonaws.com' }, 'AADSTS700212'],
])('%s gets none, and learns what has to be set up', async (_, claims, code) => {
  const wanted = {
    iss: bed.issuer.url,
    sub: bed.issuer.roleArn,
    aud: 'api://AzureADTokenExchange',
  };
  const shown = { ...wanted, ...claims };

  await expect(showing(claims).token(scope)).rejects.toMatchObject({
    name: 'UnavailableError',
    message: expect.stringMatching(new RegExp(`${code}:.*workload-identity-federation$`)),
    hint: expect.stringContaining(
      `exactly this issuer ${shown.iss}, subject ${shown.sub} and audience ${shown.aud}`
    ),
  });
});

test('a token that is over, forged or none gets none', async () => {
  const forger = await openAzureBed();
  const { directory, cloud } = bed.microsoft;
  const identity = { tenant: directory.tenant, client: directory.identity.client, cloud };
  const refused = (assertion: string): Promise<unknown> =>
    new EntraTokens(async () => assertion, identity, Date.now).token(scope).catch(String);
  const audience = cloud.assertionAudience;

  expect(
    await refused(bed.issuer.token(audience, { exp: Math.floor(bed.time.now / 1000) }))
  ).toMatch(/AADSTS700024/);
  expect(
    await refused(forger.issuer.token(audience, { iss: bed.issuer.url, sub: bed.issuer.roleArn }))
  ).toMatch(/AADSTS50013/);
  expect(await refused('nonsense')).toMatch(/AADSTS50027/);
  await forger.close();
});

test.each([
  ['client', 700016, 'client id'],
  ['tenant', 90002, 'tenant'],
])('says when the %s is not there', async (field, code, hint) => {
  const { directory, cloud } = bed.microsoft;
  const right = { tenant: directory.tenant, client: directory.identity.client, cloud };
  const identity = { ...right, [field]: '00000000-0000-0000-0000-00000000000f' };
  const assert = async (audience: string): Promise<string> => bed.issuer.token(audience);

  await expect(new EntraTokens(assert, identity, Date.now).token(scope)).rejects.toMatchObject({
    message: expect.stringContaining(`AADSTS${code}`),
    hint: expect.stringContaining(hint),
  });
});

test('says what is wrong with a resource that the tenant does not know', async () => {
  await expect(bed.entra().token('api://unknown/.default')).rejects.toMatchObject({
    message: expect.stringContaining('AADSTS500011'),
    hint: expect.stringContaining('server id'),
  });
});

test('asks again after a refusal, and once for callers at the same time', async () => {
  const entra = bed.entra();
  const [credential] = bed.microsoft.directory.identity.credentials.splice(0, 1);
  await expect(entra.token(scope)).rejects.toMatchObject({
    message: expect.stringContaining('AADSTS70025'),
    hint: expect.stringContaining('add a federated credential'),
  });

  bed.microsoft.directory.identity.credentials.push(...(credential ? [credential] : []));
  const [one, two] = await Promise.all([entra.token(scope), entra.token(scope)]);

  expect(one).toBe(two);
  expect(bed.assertions).toHaveLength(2);
});

test('says which host does not answer', async () => {
  const { directory, cloud } = bed.microsoft;
  const nowhere = { ...cloud, authority: 'http://127.0.0.1:1' };
  const identity = { tenant: directory.tenant, client: directory.identity.client, cloud: nowhere };

  await expect(
    new EntraTokens(async () => 'a', identity, Date.now).token(scope)
  ).rejects.toMatchObject({
    name: 'UnavailableError',
    message: expect.stringMatching(/^no answer from 127\.0\.0\.1:1/),
  });
});
