import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { RegistryImages } from '#adapters/registry/registry-images.ts';
import { HttpRegistryProbe } from '#adapters/registry/registry-probe.ts';
import { type AzureBed, openAzureBed, setUp } from '#test/fakes/microsoft/azure-bed.ts';
import { azureRights } from './azure-rights.ts';
import { hasRegistryPrograms } from './programs.ts';
import { skopeoDigest, skopeoPush } from './skopeo.ts';
import { type CheckingRegistry, startRegistry } from './start-registry.ts';
import { startTokenEndpoint, type TokenEndpoint } from './token-endpoint.ts';

const canRun = hasRegistryPrograms();
const proof = canRun ? test : test.skip;
const service = 'registry.test';
let bed: AzureBed;
let endpoint: TokenEndpoint;
let registry: CheckingRegistry;

/**
 * Azure's tokens and scope maps, as the rack makes them, rule a registry that is Docker's own: it
 * checks the signature, end and scope of each access token itself.
 */
beforeAll(async () => {
  if (!canRun) return;
  bed = await openAzureBed();
  endpoint = await startTokenEndpoint(azureRights(bed.microsoft.registry, () => bed.time.now));
  registry = await startRegistry({
    token: {
      realm: endpoint.url,
      service,
      issuer: endpoint.issuer,
      rootcertbundle: endpoint.certificates,
    },
  });
});

beforeEach(() => {
  if (canRun) setUp(bed);
});

afterAll(async () => {
  if (!canRun) return;
  await registry.stop();
  await Promise.all([endpoint.close(), bed.close()]);
});

const minutes = 60_000;

const mint = (app: string, session = 'BAAAAAAAAAA.GAAAAAAAAAA') =>
  bed.registry().mint({
    app,
    session,
    expires: bed.time.now + 15 * minutes,
    withCache: false,
  });

const target = (app: string) => `${registry.host}/atom/${app}:web`;
const refused = /denied|unauthorized|authentication required|insufficient_scope/;

proof('a grant pushes to and pulls from the repository that it is for', async () => {
  const login = await mint('shop');

  await skopeoPush(target('shop'), login);

  expect(await skopeoDigest(target('shop'), login)).toMatch(/^sha256:[0-9a-f]{64}$/);
});

proof('a grant is refused for the repository of another app', async () => {
  const login = await mint('shop');
  await skopeoPush(target('blog'), await mint('blog', 'BAAAAAAAAAB.GAAAAAAAAAB'));

  await expect(skopeoPush(target('blog'), login)).rejects.toThrow(refused);
  await expect(skopeoDigest(target('blog'), login)).rejects.toThrow(refused);
});

proof('a grant is refused after its end', async () => {
  const login = await mint('shop');
  bed.time.now += 16 * minutes;

  await expect(skopeoPush(target('shop'), login)).rejects.toThrow(refused);
});

proof('a grant is refused once it was revoked', async () => {
  const login = await mint('shop');
  await skopeoPush(target('shop'), login);

  await bed.registry().revoke('shop', ['BAAAAAAAAAA.GAAAAAAAAAA']);

  await expect(skopeoPush(target('shop'), login)).rejects.toThrow(refused);
});

proof(
  'a test of the registry tells a repository that is not allowed from a wrong password',
  async () => {
    const login = await mint('shop');
    const probe = async (path: string, password = login.password) =>
      (
        await new HttpRegistryProbe([registry.host]).probe({
          server: registry.host,
          username: login.username,
          password,
          path,
        })
      ).map((it) => `${it.step} ${it.trouble ?? 'ok'}`);

    expect(await probe('atom/shop')).toEqual(['reach ok', 'login ok', 'push ok', 'pull ok']);
    expect(await probe('atom/blog')).toEqual(['reach ok', 'login ok', 'push denied']);
    expect(await probe('atom/shop', 'guess')).toEqual(['reach ok', 'login unauthenticated']);
  }
);

proof('a tag is pinned through the token endpoint', async () => {
  const login = await mint('shop');
  await skopeoPush(target('shop'), login);

  const pinned = await new RegistryImages([registry.host], async () => login).pin(target('shop'));

  expect(pinned).toBe(`${registry.host}/atom/shop@${await skopeoDigest(target('shop'), login)}`);
});
