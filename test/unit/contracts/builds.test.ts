import { expect, test } from '@jest/globals';
import { updateBuild } from '#contracts/builds.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const claim = { builder: 'docker 28.2.2', bases: [{ image: 'node:24', digest }], sbom: false };

const isTaken = (provenance: object): boolean =>
  updateBuild.input.safeParse({ app: 'shop', id: 'BABCDEFGHIJ', provenance }).success;

test('a client says how its images came about', () => {
  expect(isTaken(claim)).toBe(true);
});

test.each<[string, object]>([
  ['a builder of two lines', { ...claim, builder: 'docker\nSBOM attached' }],
  ['colours of a terminal', { ...claim, builder: '\u001b[31mdocker' }],
  ['an endless builder', { ...claim, builder: 'x'.repeat(201) }],
  ['a digest that is none', { ...claim, bases: [{ image: 'node:24', digest: 'sha256:1' }] }],
  ['a base of two lines', { ...claim, bases: [{ image: 'node\n:24', digest }] }],
  ['too many bases', { ...claim, bases: Array(101).fill({ image: 'node:24', digest }) }],
  ['less than all', { builder: 'docker' }],
])('%s is refused', (_, provenance) => {
  expect(isTaken(provenance)).toBe(false);
});
