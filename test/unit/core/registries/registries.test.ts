import { expect, test } from '@jest/globals';
import { admin, apiBed, deployer } from '#test/fakes/api-bed.ts';
import { apiClient } from '#test/fakes/api-client.ts';

const github = { server: 'ghcr.io', username: 'ada', password: 's3cr:t/%' };

const withGithub = async () => {
  const bed = apiBed();
  const send = apiClient(bed);
  await send({ method: 'POST', path: '/registries', body: JSON.stringify(github) });
  return { bed, send };
};

test('adds a registry and never gives its secret back', async () => {
  const { bed, send } = await withGithub();

  const list = await send({ path: '/registries' });

  expect(list.json).toEqual([{ server: 'ghcr.io', username: 'ada', password: '' }]);
  expect(await bed.registries.logins()).toEqual([github]);
  expect(await bed.registries.list()).toMatchObject([
    { actor: admin.name, created: '2026-03-18T14:30:00.000Z' },
  ]);
});

test('takes the form of the stock client', async () => {
  const bed = apiBed();
  const answer = await apiClient(bed)({
    method: 'POST',
    path: '/registries',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'server=ghcr.io&username=ada&password=a%2Bb%26c',
  });

  expect(answer.json).toEqual({ server: 'ghcr.io', username: 'ada', password: '' });
  expect(await bed.registries.logins()).toMatchObject([{ password: 'a+b&c' }]);
});

test('gives a registry that is there a new login', async () => {
  const { bed, send } = await withGithub();

  const again = { ...github, username: 'bob', password: 'new' };
  await send({ method: 'POST', path: '/registries', body: JSON.stringify(again) });

  expect(await bed.registries.logins()).toEqual([again]);
});

test('removes a registry, once', async () => {
  const { bed, send } = await withGithub();

  const first = await send({ method: 'DELETE', path: '/registries/ghcr.io' });
  const second = await send({ method: 'DELETE', path: '/registries/ghcr.io' });

  expect([first.status, first.text]).toEqual([200, 'ok']);
  expect([second.status, second.text]).toEqual([
    404,
    expect.stringMatching('no such registry: ghcr.io'),
  ]);
  expect(await bed.registries.list()).toEqual([]);
});

test('keeps a host with a port, and Docker Hub under one name', async () => {
  const { bed, send } = await withGithub();
  for (const server of ['registry.example.com:5000', 'index.docker.io']) {
    await send({
      method: 'POST',
      path: '/registries',
      body: JSON.stringify({ ...github, server }),
    });
  }

  await send({ method: 'DELETE', path: '/registries/registry.example.com%3A5000' });

  expect((await bed.registries.list()).map((it) => it.server)).toEqual(['docker.io', 'ghcr.io']);
});

test.each([
  ['a scheme', { server: 'https://ghcr.io' }, 'must be a host without a scheme'],
  ['a path', { server: 'ghcr.io/acme' }, 'must be a host without a path'],
  ['upper case', { server: 'GHCR.io' }, 'must be in lower case'],
  ['nothing', { server: '' }, 'server: must not be empty'],
  ['a space', { server: 'ghcr io' }, 'must be HOST or HOST:PORT'],
  ['no user', { username: '' }, 'username: must not be empty'],
  ['a colon in the user', { username: 'a:b' }, 'username: must not have colons'],
  ['no password', { password: '' }, 'password: must not be empty'],
  ['ECR', { server: '1.dkr.ecr.eu-west-1.amazonaws.com' }, 'logins of ECR end after twelve hours'],
])('refuses %s', async (_, wrong, message) => {
  const bed = apiBed();
  const answer = await apiClient(bed)({
    method: 'POST',
    path: '/registries',
    body: JSON.stringify({ ...github, ...wrong }),
  });

  expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(message)]);
  expect(await bed.registries.list()).toEqual([]);
});

test('refuses a huge password without repeating it', async () => {
  const password = 'hunter2'.repeat(2000);
  const answer = await apiClient()({
    method: 'POST',
    path: '/registries',
    body: JSON.stringify({ ...github, password }),
  });

  expect(answer.status).toBe(400);
  expect(answer.text).toContain('password: must be 8192 characters or less');
  expect(answer.text).not.toContain('hunter2');
});

test('refuses more registries than a Secret holds', async () => {
  const bed = apiBed();
  const send = apiClient(bed);
  const add = (server: string) =>
    send({ method: 'POST', path: '/registries', body: JSON.stringify({ ...github, server }) });
  for (let i = 0; i < 30; i++) await add(`r${i}.example.com`);

  expect((await add('r30.example.com')).status).toBe(409);
  expect((await add('r3.example.com')).status).toBe(200);
});

test.each([
  ['POST', '/registries', github],
  ['DELETE', '/registries/ghcr.io', undefined],
  ['POST', '/registries/test', {}],
] as const)('lets only an admin %s %s', async (method, path, body) => {
  const answer = await apiClient()({
    method,
    path,
    caller: deployer,
    ...(body && { body: JSON.stringify(body) }),
  });

  expect(answer.status).toBe(403);
});
