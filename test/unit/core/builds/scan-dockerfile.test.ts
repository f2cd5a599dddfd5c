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
