import { expect, test } from '@jest/globals';
import { isImageName } from '#core/registries/image-name.ts';

test.each([
  'redis',
  'redis:7-alpine',
  'org/app',
  'ghcr.io/org/app:v1.2',
  'host:5000/app',
  'localhost/a__b/c--d:x',
  `host:5000/app:1@sha256:${'a'.repeat(64)}`,
  '[::1]:5000/app',
])('%s names an image', (text) => {
  expect(isImageName(text)).toBe(true);
});

test.each([
  '',
  'scratch',
  'Redis',
  'a b',
  'a\nRUN evil',
  'a:',
  'a/',
  '/a',
  'a//b',
  'a@latest',
  'a@sha256:12',
  '--platform=x',
  'ada:secret@host/app',
  'https://host/app',
  '$A',
  `a:${'x'.repeat(129)}`,
  'a'.repeat(600),
])('%j does not', (text) => {
  expect(isImageName(text)).toBe(false);
});
