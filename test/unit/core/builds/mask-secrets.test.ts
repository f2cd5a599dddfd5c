import { expect, test } from '@jest/globals';
import { maskSecrets } from '#core/builds/mask-secrets.ts';

test('takes secrets out of a line, each line of a long one, the longest first', () => {
  const mask = maskSecrets(['hunter2', 'hunter2-and-more', '-----BEGIN\nMIIEabcdef\n']);

  expect(mask('#5 0.1 hunter2-and-more hunter2 MIIEabcdef')).toBe('#5 0.1 **** **** ****');
});

test('leaves what is too short to be told from a word', () => {
  expect(maskSecrets(['on', '', ' '])('goes on')).toBe('goes on');
});
