import { expect, test } from '@jest/globals';
import { grantPush } from '#core/builds/tasks/grant-push.ts';
import { InMemoryApps } from '#test/fakes/in-memory-apps.ts';
import { InMemoryGrants } from '#test/fakes/in-memory-grants.ts';
import { InMemoryRecords } from '#test/fakes/in-memory-records.ts';
import { InMemoryRegistries } from '#test/fakes/in-memory-registries.ts';
import { InMemoryRegistry } from '#test/fakes/in-memory-registry.ts';
import { anApp } from '#test/samples.ts';
import { type BuildBed, buildBed, run } from '../build-bed.ts';
import { namespace } from '../builder-pod.ts';
import { granting } from '../granting.ts';
import { started } from './started-build.ts';

/** What the pods of the build log in with. */
const authsIn = async ({ cluster }: BuildBed) => {
  const secret = await cluster.require({
    kind: 'Secret',
    metadata: { name: 'push-baaaaaaaaaa', namespace },
  });
  const { '.dockerconfigjson': config = '' } = secret['data'] as Record<string, string>;
  return JSON.parse(Buffer.from(config, 'base64').toString()).auths;
};

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
  return authsIn(bed);
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

test('gives the pods a credential that no record and no payload carries', async () => {
  const { bed } = await started();

  expect(await authsIn(bed)).toEqual({
    'localhost:5000': { username: 'AWS', password: 'p4ss', auth: 'QVdTOnA0c3M=' },
  });
  expect(JSON.stringify([bed.build(), [...bed.documents.values()]])).not.toContain('p4ss');
});

test('renews the credential when the grant is repeated', async () => {
  const { bed } = await started();

  await grantPush({ ...bed.deps, ...granting({ password: 'newer' }) })(run);

  expect(await authsIn(bed)).toMatchObject({ 'localhost:5000': { password: 'newer' } });
});

test('does not build in a namespace that is not the rack’s', async () => {
  const bed = buildBed();
  await bed.cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });

  await grantPush({ ...bed.deps, ...granting() })(run);

  expect(bed.build()?.reason).toBe('namespace atom-builds does not belong to rack atom');
});
