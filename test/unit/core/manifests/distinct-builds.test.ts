import { expect, test } from '@jest/globals';
import { distinctBuilds, imageServices } from '#core/manifests/distinct-builds.ts';
import { parsed } from './parsed.ts';

const MANIFEST = `
services:
  web: {build: .}
  worker: {build: {path: ./, manifest: Dockerfile}, command: work}
  api: {build: {path: ., args: [A=1]}}
  docs: {build: docs}
  cache: {image: redis:7}
`;

test('services with an identical build share one', () => {
  const builds = distinctBuilds(parsed(MANIFEST));

  expect(builds).toMatchObject([
    { services: ['web', 'worker'], path: '.', manifest: 'Dockerfile', args: [] },
    { services: ['api'], path: '.', args: ['A=1'] },
    { services: ['docs'], path: 'docs' },
  ]);
  expect(new Set(builds.map((it) => it.key)).size).toBe(3);
});

test('the key of a build is the same in every manifest', () => {
  const [only] = distinctBuilds(parsed('services:\n  other: {build: docs}\n'));

  expect(only?.key).toMatch(/^[0-9a-f]{64}$/);
  expect(distinctBuilds(parsed(MANIFEST))[2]?.key).toBe(only?.key);
});

test('lists the services that run an image as it is', () => {
  expect(imageServices(parsed(MANIFEST))).toEqual([{ service: 'cache', image: 'redis:7' }]);
});
