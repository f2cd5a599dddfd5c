import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readActiveCopy } from '#core/promotions/engine/active-copy.ts';
import { PromotionBed } from './promotion-bed.ts';

let bed: PromotionBed;

beforeEach(() => {
  bed = new PromotionBed();
});

afterEach(() => bed.close());

/** The bed's images have no host: they are Docker Hub's. */
const add = (password: string, server = 'docker.io') =>
  bed.registries.put({ server, username: 'ada', created: '', actor: '' }, password);

const pullSecretName = 'rackless-registries';
const secret = () => bed.live('Secret', pullSecretName);

const configOf = async () => {
  const { data } = (await secret()) as unknown as { data: Record<string, string> };
  return JSON.parse(Buffer.from(data['.dockerconfigjson'] ?? '', 'base64').toString()).auths;
};

const hub = 'https://index.docker.io/v1/';
const templateOf = async (service: string) =>
  ((await bed.live('Deployment', service))['spec'] as { template: { spec: object } }).template;
const keys = async () => Object.keys(await bed.objects());

test('processes whose image comes from an added registry are pulled with its login', async () => {
  await add('first');
  await add('not for this app', 'ghcr.io');

  await bed.promote({ images: { web: 'good' } });

  expect((await secret())['type']).toBe('kubernetes.io/dockerconfigjson');
  expect(await configOf()).toEqual({ [hub]: expect.objectContaining({ password: 'first' }) });
  expect((await templateOf('web')).spec).toMatchObject({
    imagePullSecrets: [{ name: pullSecretName }],
  });
});

test('an app of other registries gets no login and no field', async () => {
  await add('first', 'ghcr.io');

  await bed.promote({ images: { web: 'good' } });

  expect(await keys()).not.toContain(`Secret/${pullSecretName}`);
  expect((await templateOf('web')).spec).not.toHaveProperty('imagePullSecrets');
});

test('a new password is in force after the next promotion, which starts no process anew', async () => {
  await add('first');
  await bed.promote({ images: { web: 'good' } });
  const before = await templateOf('web');

  await add('second');
  await bed.promote({ images: { web: 'good' } });

  expect(await configOf()).toMatchObject({ [hub]: { password: 'second' } });
  expect(await templateOf('web')).toEqual(before);
});

test('a rollback keeps the password of today, even when the Secret was deleted', async () => {
  await add('first');
  await bed.promote({ images: { web: 'good' } });
  await add('second');
  await bed.cluster.remove(await secret());

  const { end } = await bed.promote({ images: { web: 'crash' } });

  expect(end).toBe('RolledBack');
  expect(await configOf()).toMatchObject({ [hub]: { password: 'second' } });
});

test('a rollback to processes of a registry that was removed leaves them their login', async () => {
  await add('first');
  const first = await bed.promote({ images: { web: 'good' } });
  await bed.registries.remove('docker.io');

  const { end } = await bed.promote({ images: { web: 'crash' } });

  expect([first.end, end]).toEqual(['Promoted', 'RolledBack']);
  expect(await configOf()).toMatchObject({ [hub]: { password: 'first' } });
});

test('a login that nothing needs any more is removed one release later', async () => {
  await add('first');
  await bed.promote({ images: { web: 'good' } });
  await bed.registries.remove('docker.io');

  await bed.promote({ images: { web: 'good' } });
  expect((await templateOf('web')).spec).not.toHaveProperty('imagePullSecrets');
  await bed.promote({ images: { web: 'good-2' } });

  expect(await keys()).not.toContain(`Secret/${pullSecretName}`);
});

test('a first release that fails takes its login with it', async () => {
  await add('first');

  const { end } = await bed.promote({ images: { web: 'missing' } });

  expect(end).toBe('Reverted');
  expect(await bed.objects()).toEqual({});
});

test("the login is in the cluster's own copy, and nowhere in the rack's records", async () => {
  await add('pass-of-ada');
  await bed.promote({ images: { web: 'good' } });

  const { rendered } = readActiveCopy(await bed.live('Secret', 'rackless-active'));
  expect(rendered.objects.find((it) => it.metadata.name === pullSecretName)).toMatchObject({
    stringData: { '.dockerconfigjson': expect.stringContaining('pass-of-ada') },
  });
  const records = bed.records.of('shop');
  const kept = JSON.stringify(
    [...records.promotions.values(), ...records.stories.values()],
    (_, it) => (it instanceof Map ? [...it] : it)
  );
  expect(kept).not.toContain('pass-of-ada');
});
