import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { federatedToken } from '#adapters/google/federated-token.ts';
import { type GoogleBed, googleBed, plane, provider } from '#test/fakes/google/google-bed.ts';

let bed: GoogleBed;

beforeEach(async () => {
  bed = await googleBed();
});

afterEach(async () => {
  await bed.close();
});

const tokens = (webIdentityToken = async (audience: string) => bed.issuer.token(audience)) =>
  federatedToken(
    { webIdentityToken, endpoints: bed.endpoints, sleep: async () => {}, clock: bed.clock },
    { provider, serviceAccount: plane }
  );

const exchanges = (): number => bed.world.log.filter((it) => it === 'POST /sts/v1/token').length;

test('exchanges what AWS says for a token of the rack’s own account', async () => {
  const audiences: string[] = [];
  const token = await tokens(async (audience) => {
    audiences.push(audience);
    return bed.issuer.token(audience);
  })();

  expect(audiences).toEqual([`https://iam.googleapis.com/${provider}`]);
  expect(bed.world.holderOf(token)).toBe(`serviceAccount:${plane}`);
});

test('keeps a token until shortly before its end', async () => {
  const token = tokens();

  const first = await token();
  bed.pass(54 * 60_000);
  expect(await token()).toBe(first);
  bed.pass(60_000);
  expect(await token()).not.toBe(first);
  expect(exchanges()).toBe(2);
});

test('makes one for all who ask at the same time', async () => {
  const token = tokens();

  const [one, two] = await Promise.all([token(), token()]);

  expect(one).toBe(two);
  expect(exchanges()).toBe(1);
});

test('asks again after a failure', async () => {
  let isBroken = true;
  const token = tokens(async (audience) => {
    if (isBroken) throw new Error('STS does not answer');
    return bed.issuer.token(audience);
  });

  await expect(token()).rejects.toThrow('STS does not answer');
  isBroken = false;
  expect(bed.world.holderOf(await token())).toBe(`serviceAccount:${plane}`);
});
