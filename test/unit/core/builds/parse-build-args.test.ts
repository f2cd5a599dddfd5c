import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseBuildArgs } from '#core/builds/parse-build-args.ts';
import { InvalidRequestError } from '#core/errors.ts';

const name = fc.stringMatching(/^[A-Za-z_]\w{0,10}$/).filter((it) => it !== '__proto__');
const args = (value: fc.Arbitrary<string>) => fc.dictionary(name, value, { maxKeys: 5 });

test('reads nothing from nothing', () => {
  expect(parseBuildArgs(undefined)).toEqual({});
  expect(parseBuildArgs('')).toEqual({});
  expect(parseBuildArgs([])).toEqual({});
});

test('reads a list as it stands', () => {
  fc.assert(
    fc.property(args(fc.string()), (given) => {
      const list = Object.entries(given).map(([key, value]) => `${key}=${value}`);
      expect(parseBuildArgs(list)).toEqual(given);
    })
  );
});

test('reads one string of pairs between commas', () => {
  fc.assert(
    fc.property(args(fc.stringMatching(/^[^,&]*$/)), (given) => {
      const text = Object.entries(given)
        .map(([key, value]) => `${key}=${value}`)
        .join(',');
      expect(parseBuildArgs(text)).toEqual(given);
    })
  );
});

test('reads one string that is written like a query', () => {
  fc.assert(
    fc.property(args(fc.string({ unit: 'grapheme' })), (given) => {
      fc.pre(Object.keys(given).length > 1);
      expect(parseBuildArgs(new URLSearchParams(given).toString())).toEqual(given);
    })
  );
});

test('keeps what follows the first equals sign', () => {
  expect(parseBuildArgs(['URL=postgres://u:p@h/d?a=1'])).toEqual({
    URL: 'postgres://u:p@h/d?a=1',
  });
  expect(parseBuildArgs(['EMPTY='])).toEqual({ EMPTY: '' });
});

test('refuses what is no pair in Convox’s words', () => {
  for (const entry of ['A', '=1', 'A=1,B', ',']) {
    expect(() => parseBuildArgs(entry)).toThrow(InvalidRequestError);
  }
  expect(() => parseBuildArgs(['A'])).toThrow('invalid build args:A');
});
