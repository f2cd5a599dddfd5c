import { expect, test } from '@jest/globals';
import {
  InvalidImageNameError,
  parseImageReference,
} from '#infra/local/cluster/node/images/image-reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

test.each([
  ['nginx', 'docker.io/library/nginx:latest'],
  ['team/shop:v1', 'docker.io/team/shop:v1'],
  ['127.0.0.1:5000/rack/shop:web.B1', '127.0.0.1:5000/rack/shop:web.B1'],
  ['localhost/shop', 'localhost/shop:latest'],
  [`ghcr.io/team/shop:v1@${digest}`, `ghcr.io/team/shop@${digest}`],
])('reads %s as %s', (image, canonical) => {
  expect(parseImageReference(image).canonical).toBe(canonical);
});

test.each([
  ['', 'invalid reference format'],
  ['shop:', 'invalid reference format'],
  ['Team/Shop', 'invalid reference format: repository name (Team/Shop) must be lowercase'],
  ['../../etc/passwd', 'invalid reference format'],
  ['shop@sha256:short', 'invalid reference format'],
  ['ghcr.io/a//b', 'invalid reference format'],
])('refuses "%s"', (image, reason) => {
  expect(() => parseImageReference(image)).toThrow(InvalidImageNameError);
  expect(() => parseImageReference(image)).toThrow(
    `couldn't parse image name "${image}": ${reason}`
  );
});
