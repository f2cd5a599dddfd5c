import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { gkePlugin, gkePluginWith } from '#adapters/kubernetes/gke-token.ts';
import { type GoogleBed, googleBed, plane, provider } from '#test/fakes/google/google-bed.ts';

let bed: GoogleBed;

beforeEach(async () => {
  bed = await googleBed();
});

afterEach(async () => {
  await bed.close();
});

const env = [
  { name: 'GOOGLE_WORKLOAD_IDENTITY_PROVIDER', value: provider },
  { name: 'GOOGLE_SERVICE_ACCOUNT', value: plane },
];

const plugin = () =>
  gkePluginWith({
    webIdentityToken: async (audience) => bed.issuer.token(audience),
    endpoints: bed.endpoints,
    sleep: async () => {},
    clock: bed.clock,
  });

test('gives the token of the account that the entry names, until shortly before its end', async () => {
  const make = plugin()({ command: '/usr/lib/google-cloud-sdk/bin/gke-gcloud-auth-plugin', env });

  const { token, until } = (await make?.()) ?? { token: '', until: 0 };

  expect(bed.world.holderOf(token)).toBe(`serviceAccount:${plane}`);
  expect(until).toBe(bed.in(55 * 60_000));
});

test('leaves other programs to others', () => {
  expect(gkePlugin({ command: 'aws', args: ['eks', 'get-token'] })).toBeUndefined();
});

test('says how to name the account when the entry does not', () => {
  for (const named of [undefined, null, [], env.slice(0, 1), env.slice(1)]) {
    expect(() =>
      gkePlugin({ command: 'gke-gcloud-auth-plugin', ...(named && { env: named }) })
    ).toThrow(
      expect.objectContaining({
        message: 'the kubeconfig runs gke-gcloud-auth-plugin, which a function cannot do',
        hint: expect.stringContaining('--exec-env=GOOGLE_SERVICE_ACCOUNT'),
      })
    );
  }
});
