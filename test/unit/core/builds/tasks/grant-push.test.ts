import { expect, test } from '@jest/globals';
import { grantPush } from '#core/builds/tasks/grant-push.ts';
import { InMemoryApps } from '#test/fakes/in-memory-apps.ts';
import { InMemoryGrants } from '#test/fakes/in-memory-grants.ts';
import { InMemoryRecords } from '#test/fakes/in-memory-records.ts';
import { InMemoryRegistries } from '#test/fakes/in-memory-registries.ts';
import { InMemoryRegistry } from '#test/fakes/in-memory-registry.ts';
import { anApp } from '#test/samples.ts';
import { buildBed, run } from '../build-bed.ts';

const authsOf = async (servers: readonly string[]) => {
  const bed = buildBed();
  const records = new InMemoryRecords();
  await new InMemoryApps(records).create(anApp());
  const registries = new InMemoryRegistries();
  for (const server of servers) {
    await registries.put({ server, username: 'ada', created: '', actor: '' }, 'of-ada');
  }
  const registry = new InMemoryRegistry();
  const grants = new InMemoryGrants(records);
  await grantPush({ ...bed.deps, grants, registry, registries })(run);
  const secret = await bed.cluster.require({
    kind: 'Secret',
    metadata: { name: 'push-baaaaaaaaaa', namespace: 'atom-builds' },
  });
  const { '.dockerconfigjson': config = '' } = secret['data'] as Record<string, string>;
  return JSON.parse(Buffer.from(config, 'base64').toString()).auths;
};

test("gives a build the logins of the rack's registries, for its base images", async () => {
  expect(await authsOf(['ghcr.io', 'docker.io'])).toMatchObject({
    'ghcr.io': { username: 'ada', password: 'of-ada' },
    'https://index.docker.io/v1/': { username: 'ada' },
    'registry.example.com': { username: 'AWS' },
  });
});

test('lets no other login take the place of the one for pushing', async () => {
  expect(await authsOf(['registry.example.com'])).toMatchObject({
    'registry.example.com': { username: 'AWS' },
  });
});
