import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { makeId, sequenceOf } from '#core/identifiers.ts';

const kind = fc.constantFrom('B' as const, 'R' as const, 'P' as const);
const sequence = fc.integer({ min: 0, max: 26 ** 6 - 1 });
const letter = fc.integer({ min: 0, max: 25 });

test('has the form of Convox', () => {
  expect(makeId('R', 0, () => 0)).toBe('RAAAAAAAAAA');
  expect(makeId('B', 26, () => 25)).toBe('BAAAABAZZZZ');

  fc.assert(
    fc.property(kind, sequence, letter, (of, number, random) => {
      expect(makeId(of, number, () => random)).toMatch(/^[BRP][A-Z]{10}$/);
    })
  );
});

test('sorts by sequence, whatever the random letters are', () => {
  const made = fc.record({ number: sequence, random: letter });

  fc.assert(
    fc.property(kind, made, made, (of, one, other) => {
      const [a, b] = [one, other].map((it) => makeId(of, it.number, () => it.random));
      fc.pre(one.number !== other.number);
      expect(`${a}` < `${b}`).toBe(one.number < other.number);
    })
  );
});

test('gives its sequence back', () => {
  fc.assert(
    fc.property(kind, sequence, letter, (of, number, random) => {
      expect(sequenceOf(makeId(of, number, () => random))).toBe(number);
    })
  );
});
