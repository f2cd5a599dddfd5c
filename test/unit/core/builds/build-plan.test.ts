import { expect, test } from '@jest/globals';
import { dockerfileOf, planBuild, resolveArgs, resolveSecrets } from '#core/builds/build-plan.ts';
import { distinctBuilds } from '#core/manifests/distinct-builds.ts';
import { parseManifest } from '#core/manifests/parse-manifest.ts';

const manifest = parseManifest(`
services:
  web:
    build: .
  worker:
    build: .
  api:
    build:
      path: services/api
      manifest: ../Dockerfile.api
      args: [VERSION=2, TOKEN]
  cache:
    image: redis:7
`);

const plan = (given: Partial<Parameters<typeof planBuild>[0]> = {}) =>
  planBuild({
    manifest,
    env: {},
    development: false,
    dockerfiles: new Map([
      ['Dockerfile', 'FROM node:24 AS development\nARG NODE_ENV\nARG OTHER'],
      ['services/Dockerfile.api', 'FROM node:24\nARG NODE_ENV'],
    ]),
    ...given,
  });

test('names Dockerfiles from the root of the source', () => {
  expect(distinctBuilds(manifest).map(dockerfileOf)).toEqual([
    'Dockerfile',
    'services/Dockerfile.api',
  ]);
});

test('plans one job for each distinct image, and lists images that are used as they are', () => {
  const { jobs, images } = plan();

  expect(jobs).toEqual([
    {
      kind: 'build',
      number: 1,
      services: ['web', 'worker'],
      path: '.',
      dockerfile: 'Dockerfile',
      args: [],
      secrets: [],
      target: '',
    },
    {
      kind: 'build',
      number: 2,
      services: ['api'],
      path: 'services/api',
      dockerfile: 'services/Dockerfile.api',
      args: ['VERSION=2', 'TOKEN'],
      secrets: [],
      target: '',
    },
  ]);
  expect(images).toEqual([{ service: 'cache', image: 'redis:7' }]);
});

test('passes on what the Dockerfile asks for and the environment has, by name alone', () => {
  const { jobs } = plan({ env: { NODE_ENV: 'production', SECRET: 'x' } });

  expect(jobs.map((it) => it.args)).toEqual([['NODE_ENV'], ['NODE_ENV', 'VERSION=2', 'TOKEN']]);
  expect(JSON.stringify(jobs)).not.toContain('production');
});

test('what a step mounts as a secret is no argument, though the manifest names it as one', () => {
  const dockerfile =
    'FROM x\nARG TOKEN\nRUN --mount=type=secret,id=TOKEN --mount=type=secret,id=NO x';
  const { jobs } = plan({
    env: { TOKEN: 'hunter2', OTHER: 'x' },
    dockerfiles: new Map([
      ['Dockerfile', dockerfile],
      ['services/Dockerfile.api', dockerfile],
    ]),
  });

  expect(jobs.map((it) => it.secrets)).toEqual([['TOKEN'], ['TOKEN']]);
  expect(jobs.map((it) => it.args)).toEqual([[], ['VERSION=2']]);
  expect(resolveSecrets(['TOKEN', 'GONE'], { TOKEN: 'hunter2' })).toEqual([
    { name: 'TOKEN', value: 'hunter2' },
  ]);
});

test('builds the development stage only when asked and when there is one', () => {
  expect(plan({ development: true }).jobs.map((it) => it.target)).toEqual(['development', '']);
});

test('names the service and the path of a Dockerfile that is not there', () => {
  expect(() => plan({ dockerfiles: new Map([['Dockerfile', 'FROM x']]) })).toThrow(
    'service api: no such file: services/Dockerfile.api'
  );
});

test('resolves arguments: later ones win, unknown names and odd ones are left out', () => {
  const env = { A: '1', B: '2' };

  expect(resolveArgs(['A', 'B', 'MISSING', 'A=3', 'no-name=x', 'EMPTY=', 'L=a=b'], env)).toEqual([
    { name: 'A', value: '3' },
    { name: 'B', value: '2' },
    { name: 'EMPTY', value: '' },
    { name: 'L', value: 'a=b' },
  ]);
});
