import { expect, test } from '@jest/globals';
import { findBases, namedBases } from '#cli/build/external/bases.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

/** As each builder printed it. */
const logs: Readonly<Record<string, readonly string[]>> = {
  'docker, older builder': [
    'Step 1/6 : ARG BASE=nothing',
    'Step 2/6 : FROM $BASE AS build',
    '1: Pulling from bed/base',
    'Status: Downloaded newer image for registry.test/bed/base:1',
    ' ---> 9dfb9e5e0b4d',
    'Step 3/6 : RUN true',
    ' ---> Running in 6bbcad914c35',
    'Step 4/6 : FROM scratch',
    ' ---> ',
    'Step 5/6 : COPY --from=build /built /built',
    ' ---> 44a1486f37de',
  ],
  'docker, BuildKit': [
    '#3 [internal] load metadata for registry.test/bed/base:1',
    '#4 [build 1/2] FROM registry.test/bed/base:1',
    '#5 [build 2/2] RUN true',
    '#6 0.123 #7 [x 1/1] FROM evil',
  ],
  'podman and buildah': [
    '[1/2] STEP 1/2: FROM registry.test/bed/base:1 AS build',
    '[1/2] STEP 2/2: RUN true',
    '[2/2] STEP 1/3: FROM registry.test/bed/base:1',
  ],
};

test.each([
  ['docker, older builder', [['$BASE', '9dfb9e5e0b4d']]],
  ['docker, BuildKit', [['registry.test/bed/base:1', 'registry.test/bed/base:1']]],
  [
    'podman and buildah',
    [
      ['registry.test/bed/base:1', 'registry.test/bed/base:1'],
      ['registry.test/bed/base:1', 'registry.test/bed/base:1'],
    ],
  ],
])('reads the log of %s', (name, expected) => {
  const found = namedBases(logs[name] ?? []);

  expect(found.map(({ image, key }) => [image, key])).toEqual(expected);
});

test.each([
  ['an answer of docker', 'FROM node:24', `["node@${digest('a')}"]`, `node:24 ${digest('a')}`],
  [
    'a name in full',
    'FROM docker.io/library/node:24',
    `["mirror.test/node@${digest('b')}","node@${digest('a')}"]`,
    `docker.io/library/node:24 ${digest('a')}`,
  ],
  ['an argument', 'FROM $BASE', `["node@${digest('a')}"]`, `node ${digest('a')}`],
  ['an answer of buildah', 'FROM node:24', digest('a'), `node:24 ${digest('a')}`],
  ['an image that was never pushed', 'FROM mine', '[]', undefined],
])('takes the digest of %s', async (...given) => {
  const [, from, answer, expected] = given;
  const log = `Step 1/2 : ${from}\n ---> 9dfb9e5e0b4d\n`;

  const [base] = await findBases(log, async () => answer);

  expect(base && `${base.image} ${base.digest}`).toBe(expected);
});

test('asks once for each, and believes what BuildKit says by itself', async () => {
  const asked: string[] = [];
  const log = [
    ...(logs['podman and buildah'] ?? []),
    `#5 [1/4] FROM docker.io/library/node:24@${digest('b')}`,
  ].join('\n');

  const bases = await findBases(log, async (key) => {
    asked.push(key);
    return undefined;
  });

  expect([bases, asked]).toEqual([
    [{ image: 'docker.io/library/node:24', digest: digest('b') }],
    ['registry.test/bed/base:1'],
  ]);
});
