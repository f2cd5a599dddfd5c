const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const sequenceLetters = 6;
const randomLetters = 4;

/** `B` a build, `G` a grant, `R` a release, `P` a promotion. */
export type IdKind = 'B' | 'G' | 'R' | 'P';

const encodeSequence = (sequence: number): string =>
  Array.from({ length: sequenceLetters }, (_, place) =>
    letters.charAt(Math.floor(sequence / 26 ** (sequenceLetters - 1 - place)) % 26)
  ).join('');

/**
 * A Convox-shaped id (a kind and ten letters) whose first six letters are the app's sequence, so
 * that key order is the order of creation. `random` gives whole numbers from 0 to 25.
 */
export const makeId = (kind: IdKind, sequence: number, random: () => number): string =>
  `${kind}${encodeSequence(sequence)}${Array.from({ length: randomLetters }, () => letters.charAt(random())).join('')}`;

/** The sequence inside an id; a higher one was made later. */
export const sequenceOf = (id: string): number =>
  [...id.slice(1, 1 + sequenceLetters)].reduce(
    (sum, letter) => sum * 26 + letters.indexOf(letter),
    0
  );
