import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { ImageStore, Registry } from '#core/registries/ports.ts';
import { acrChecks } from '#infra/azure/acr-checks.ts';
import { runChecks } from '#infra/azure/verify-acr.ts';
import { type AzureBed, openAzureBed, setUp } from '#test/fakes/microsoft/azure-bed.ts';

let bed: AzureBed;

beforeAll(async () => {
  bed = await openAzureBed();
});

afterAll(async () => bed.close());

beforeEach(() => setUp(bed));

const verify = async (
  change: (registry: Registry) => Registry = (it) => it,
  images?: ImageStore
) => {
  const lines: string[] = [];
  const pause = async (milliseconds: number): Promise<void> => {
    bed.time.now += milliseconds;
  };
  const url = bed.microsoft.registryUrl;
  const clock = () => bed.time.now;
  const trial = { registry: change(bed.registry()), images, url, clock, pause, run: 'abc' };
  const isSound = await runChecks(acrChecks(trial), (line) => lines.push(line));
  const failed = lines.filter((it) => it.startsWith('FAILED'));
  return { isSound, lines, failed };
};

test('finds nothing wrong with a registry that keeps the promises', async () => {
  const { isSound, lines } = await verify();

  expect(lines.filter((it) => !it.startsWith('ok'))).toEqual([]);
  expect(isSound).toBe(true);
  expect(bed.microsoft.registry.tokens.size).toBe(0);
});

test('deletes an image and then all that it made, if it is told to', async () => {
  bed.useRole('rackless registry', 'rackless expire');

  const { isSound, lines } = await verify(undefined, bed.images());

  expect(lines.filter((it) => !it.startsWith('ok'))).toEqual([]);
  expect(isSound).toBe(true);
  expect(bed.microsoft.registry.scopeMaps.size).toBe(0);
  expect(bed.microsoft.registry.tokens.size).toBe(0);
});

test('sees what is not deleted', async () => {
  bed.useRole('rackless registry', 'rackless expire');
  const real = bed.images();

  const { failed } = await verify(undefined, {
    list: (app) => real.list(app),
    links: (...all) => real.links(...all),
    remove: async () => 'removed',
    removeApp: async () => 'removed',
  });

  expect(failed).toEqual([
    expect.stringMatching(/^FAILED {2}who may delete removes one of them, .*: left: sha256/),
    expect.stringMatching(/^FAILED {2}what is left of the app is deleted, .*: left: sha256/),
    'FAILED  the grant that it had is refused: it was let through',
  ]);
});

test('sees a grant that lets push elsewhere', async () => {
  const { failed, isSound } = await verify((registry) => ({
    repositoryOf: (app) => registry.repositoryOf(app),
    cacheRepositoryOf: (app) => registry.cacheRepositoryOf(app),
    mint: (grant) => registry.mint({ ...grant, withCache: true }),
    revoke: (...all) => registry.revoke(...all),
    login: () => registry.login(),
    digest: (app, tag) => registry.digest(app, tag),
  }));

  expect(failed).toEqual(['FAILED  it does not push to the cache: it was let through']);
  expect(isSound).toBe(false);
});

test('sees grants that outlive their end and their being taken back', async () => {
  const { failed } = await verify((registry) => ({
    repositoryOf: (app) => registry.repositoryOf(app),
    cacheRepositoryOf: (app) => registry.cacheRepositoryOf(app),
    mint: (grant) => registry.mint({ ...grant, expires: grant.expires + 3_600_000 }),
    revoke: async () => undefined,
    login: () => registry.login(),
    digest: (app, tag) => registry.digest(app, tag),
  }));

  expect(failed).toEqual([
    'FAILED  it does not push any more: it was let through',
    'FAILED  it does not push after 2 minutes: it was let through',
  ]);
});

test('goes on without a role, and says what is missing', async () => {
  bed.microsoft.directory.identity.actions.clear();

  const { failed } = await verify();

  expect(failed[0]).toMatch(/AuthorizationFailed.*\n.*a role with Microsoft\.ContainerRegistry/);
  expect(failed.length).toBeGreaterThan(5);
});
