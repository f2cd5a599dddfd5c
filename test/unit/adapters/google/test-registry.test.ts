import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { HttpRegistryProbe } from '#adapters/registry/registry-probe.ts';
import { testRegistry } from '#core/registries/test-registry.ts';
import { type GoogleBed, googleBed } from '#test/fakes/google/google-bed.ts';

let bed: GoogleBed;

beforeEach(async () => {
  bed = await googleBed();
});

afterEach(async () => {
  await bed.close();
});

/** What `rackless registries test` does. */
const tested = () =>
  testRegistry({
    registry: bed.registry,
    registries: { logins: async () => [] },
    probe: new HttpRegistryProbe([new URL(bed.endpoints.registry).host]),
    clock: bed.clock,
  })({ server: '', repository: '' });

test('registries test pushes and pulls in Artifact Registry', async () => {
  const { ok, findings } = await tested();

  expect({ ok, steps: findings.map((it) => it.step) }).toEqual({
    ok: true,
    steps: ['credential', 'reach', 'login', 'push', 'pull'],
  });
  expect(
    bed.world.accounts.get('prod-rackless-check-push@images.iam.gserviceaccount.com')
  ).toMatchObject({ disabled: true });
});

test('and says what is missing there', async () => {
  bed.world.disabledApis.add('iam.googleapis.com');

  expect(await tested()).toMatchObject({
    ok: false,
    findings: [
      {
        step: 'credential',
        ok: false,
        detail: expect.stringContaining('iam.googleapis.com has not been used'),
        hint: expect.stringContaining('enable the API'),
      },
    ],
  });
});
