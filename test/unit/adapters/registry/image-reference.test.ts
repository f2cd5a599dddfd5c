import { expect, test } from '@jest/globals';
import { parseReference } from '#adapters/registry/image-reference.ts';

const hub = 'docker.io';

test.each([
  ['redis', hub, 'library/redis', 'latest'],
  ['redis:7', hub, 'library/redis', '7'],
  ['docker.io/org/app:1', hub, 'org/app', '1'],
  ['org/app', hub, 'org/app', 'latest'],
  ['ghcr.io/org/app:v1', 'ghcr.io', 'org/app', 'v1'],
  ['localhost/app', 'localhost', 'app', 'latest'],
  ['127.0.0.1:5000/a/b/c:x', '127.0.0.1:5000', 'a/b/c', 'x'],
  ['ghcr.io/app@sha256:abc', 'ghcr.io', 'app', 'sha256:abc'],
])('reads %s', (image, ...parts) => {
  const { host, repository, reference } = parseReference(image);

  expect([host, repository, reference]).toEqual(parts);
});
