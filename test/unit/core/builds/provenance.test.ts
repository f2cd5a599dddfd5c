import { expect, test } from '@jest/globals';
import { basesIn, builderOf } from '#core/builds/provenance.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

test('finds the bases of all stages once, and nothing that a step prints', () => {
  const log = [
    '#2 [internal] load metadata for docker.io/library/node:24',
    `#5 [build 1/4] FROM docker.io/library/node:24@${digest('b')}`,
    `#5 resolve docker.io/library/node:24@${digest('b')} 0.0s done`,
    `[web] #6 [stage-1 1/3] FROM docker.io/library/alpine:3@${digest('a')}`,
    `#5 [build 1/4] FROM docker.io/library/node:24@${digest('b')}`,
    `#7 0.123 #5 [x 1/1] FROM evil@${digest('e')}`,
    '#8 [stage-1 2/3] COPY --from=build /app /app',
    '#9 [stage-2 1/1] FROM scratch',
  ].join('\n');

  expect(basesIn(log)).toEqual([
    { image: 'docker.io/library/alpine:3', digest: digest('a') },
    { image: 'docker.io/library/node:24', digest: digest('b') },
  ]);
  expect(basesIn('')).toEqual([]);
});

test.each([
  ['buildctl github.com/moby/buildkit v0.34.2 0123456789abcdef', 'buildkit 0.34.2'],
  ['buildctl github.com/moby/buildkit v0.35.0-rc1 01234', 'buildkit 0.35.0-rc1'],
  ['buildctl github.com/moby/buildkit 0.0.0+unknown', 'moby/buildkit:v0'],
  ['', 'moby/buildkit:v0'],
])('names the builder that says %j', (version, builder) => {
  expect(builderOf(version, 'moby/buildkit:v0')).toBe(builder);
});
