import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatEnvironment, parseEnvironment } from '#core/environments/environment.ts';
import { isVariableName } from '#core/environments/variable-name.ts';

test('reads a variable from each line and ignores other lines', () => {
  const text = 'A=1\n  B = "x" \n\nnot a variable\n=2\n  =3\nC=a=b\nD=\r\nA=last';

  expect(parseEnvironment(text)).toEqual({ A: 'last', B: ' "x" ', C: 'a=b', D: '' });
});

test('writes sorted lines without a line break at the end', () => {
  expect(formatEnvironment({ b: '2', A1: '1', A: ' x ', _: '' })).toBe('A1=1\nA= x \n_=\nb=2');
});

test.each([
  [{ A: 'x\nB=y' }, 'the value of A has a line break'],
  [{ A: 'x\r' }, 'the value of A has a line break'],
  [{ '': 'x' }, 'invalid variable name ""'],
  [{ 'A=B': 'x' }, 'invalid variable name "A=B"'],
  [{ ' A': 'x' }, 'invalid variable name " A"'],
  [{ 'A\nB': 'x' }, 'invalid variable name "A\\nB"'],
])('refuses to write %j', (environment, message) => {
  expect(() => formatEnvironment(environment as Record<string, string>)).toThrow(message);
});

const name = fc.string({ minLength: 1, maxLength: 12 }).filter(isVariableName);
const value = fc.string({ unit: 'binary', maxLength: 30 }).filter((it) => !/\n|\r$/.test(it));
const environments = fc.array(fc.tuple(name, value)).map((pairs) => Object.fromEntries(pairs));

test('what is written is read back', () => {
  fc.assert(
    fc.property(environments, (environment) => {
      const text = formatEnvironment(environment);

      expect(Object.entries(parseEnvironment(text)).toSorted()).toEqual(
        Object.entries(environment).toSorted()
      );
    })
  );
});

test('any text is read, and what was read can be written and read again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const read = parseEnvironment(text);

      expect(parseEnvironment(formatEnvironment(read))).toEqual(read);
    })
  );
});

test.each([
  ['PATH', true],
  ['a.b-c_d', true],
  ['1', true],
  ['__proto__', true],
  ['', false],
  ['A B', false],
  ['É', false],
  ['..', false],
])('%j is a name: %j', (text, expected) => {
  expect(isVariableName(text)).toBe(expected);
});
