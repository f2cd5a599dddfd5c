import { expect, test } from '@jest/globals';
import { credentialsFor } from '#infra/local/cluster/node/images/registry-credentials.ts';
import type { Secret } from '#infra/local/cluster/node/wire-objects.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const pullSecret = (auths: object): Secret => ({
  type: 'kubernetes.io/dockerconfigjson',
  data: { '.dockerconfigjson': base64(JSON.stringify({ auths })) },
});

test('finds the login of a host, with or without a scheme and path', () => {
  const secrets = [
    pullSecret({ 'other.example': { auth: base64('no:no') } }),
    pullSecret({ 'https://registry.example/v1/': { auth: base64('me:pass:word') } }),
  ];

  expect(credentialsFor('registry.example', secrets)).toEqual({
    username: 'me',
    password: 'pass:word',
  });
});

test('takes user name and password when there is no auth field', () => {
  const secrets = [pullSecret({ 'r.example': { username: 'me', password: 'secret' } })];

  expect(credentialsFor('r.example', secrets)).toEqual({ username: 'me', password: 'secret' });
});

test('knows the names under which Docker Hub logins are kept', () => {
  const secrets = [pullSecret({ 'https://index.docker.io/v1/': { auth: base64('me:x') } })];

  expect(credentialsFor('docker.io', secrets)?.username).toBe('me');
});

test('goes on without a secret that cannot be read', () => {
  expect(credentialsFor('r.example', [{ data: { '.dockerconfigjson': '%%%' } }])).toBeUndefined();
});
