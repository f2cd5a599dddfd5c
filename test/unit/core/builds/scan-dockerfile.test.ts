import { expect, test } from '@jest/globals';
import { scanDockerfile } from '#core/builds/scan-dockerfile.ts';

test('finds the names of arguments, once each, with and without defaults', () => {
  const { args } = scanDockerfile(
    'ARG BASE=node:24\nFROM $BASE\n  arg ONE TWO="x y" THREE=3\nARG \\\n  FOUR\nENV ARG=no\nARG ONE\n'
  );

  expect(args).toEqual(['BASE', 'ONE', 'TWO', 'THREE', 'FOUR']);
});

test.each([
  ['FROM node:24 AS development', true],
  ['from --platform=linux/amd64 node as Development  ', true],
  ['FROM node:24 AS development-base', false],
  ['FROM node:24\n# AS development', false],
])('sees a development stage in %j: %s', (text, expected) => {
  expect(scanDockerfile(text).hasDevelopment).toBe(expected);
});

test('finds the secrets that steps mount, by id or by the path they are mounted at', () => {
  const { secrets } = scanDockerfile(
    [
      'RUN --mount=type=secret,id=ONE,env=ONE make',
      'run --network=none --mount=type=cache,target=/c \\\n --mount=id=TWO,type=secret make',
      'RUN --mount=type=secret,target=/run/secrets/THREE --mount="type=secret,id=FOUR" make',
      'ONBUILD RUN --mount=type=secret,src=FIVE,required make',
      'RUN --mount=type=secret,id=ONE make again',
      'RUN echo --mount=type=secret,id=NO',
      '# RUN --mount=type=secret,id=NO make',
      'RUN --mount=type=bind,id=NO,target=/NO make',
    ].join('\n')
  );

  expect(secrets).toEqual(['ONE', 'TWO', 'THREE', 'FOUR', 'FIVE']);
});
