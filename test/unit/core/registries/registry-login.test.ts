import { expect, test } from '@jest/globals';
import { dockerConfig, loginAt, serverOfImage } from '#core/registries/registry-login.ts';

const login = (server: string) => ({ server, username: 'ada', password: 's:t' });

test.each([
  ['redis', 'docker.io'],
  ['redis:7', 'docker.io'],
  ['acme/shop', 'docker.io'],
  ['index.docker.io/acme/shop', 'docker.io'],
  ['ghcr.io/acme/shop:1', 'ghcr.io'],
  ['localhost/shop', 'localhost'],
  ['127.0.0.1:5000/shop@sha256:abc', '127.0.0.1:5000'],
])('finds the registry of %s', (image, server) => {
  expect(serverOfImage(image)).toBe(server);
});

test('writes the configuration that Docker reads, with the old name of its own registry', () => {
  const config = JSON.parse(dockerConfig([login('docker.io'), login('ghcr.io')]));

  expect(Object.keys(config.auths)).toEqual(['https://index.docker.io/v1/', 'ghcr.io']);
  expect(config.auths['ghcr.io']).toEqual({
    username: 'ada',
    password: 's:t',
    auth: Buffer.from('ada:s:t').toString('base64'),
  });
});

test('finds a login by any name of its registry', () => {
  const logins = [login('docker.io')];

  expect(loginAt(logins, 'registry-1.docker.io')).toBe(logins[0]);
  expect(loginAt(logins, 'ghcr.io')).toBeUndefined();
});
