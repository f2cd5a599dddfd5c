// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Dockerfiles have variables of their own
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expandWord } from '#infra/local/builder/dockerfile/expand-word.ts';
import { splitWords } from '#infra/local/builder/dockerfile/split-words.ts';

const variables: Readonly<Record<string, string>> = { A: 'one', EMPTY: '', P: '/x' };

const expand = (word: string, escapeMark = '\\'): string =>
  expandWord(word, { escapeMark, value: (name) => variables[name] });

test.each([
  ['$A', 'one'],
  ['${A}b', 'oneb'],
  ['$Ab', ''],
  ['a$', 'a$'],
  ['$-', '$-'],
  ['\\$A', '$A'],
  ["'$A'", '$A'],
  ['"$A b"', 'one b'],
  ['"\\$A \\n \\""', '$A \\n "'],
  ['a\\ b', 'a b'],
  ['${NO:-x}', 'x'],
  ['${NO:-${A}}', 'one'],
  ['${NO-x}${EMPTY-x}', 'x'],
  ['${EMPTY:-x}', 'x'],
  ['${A:+yes}${NO:+no}', 'yes'],
  ['${EMPTY+set}${EMPTY:+full}', 'set'],
  ['${NO:-"a b"}', 'a b'],
  ['${P}/$A/${NO:-z}', '/x/one/z'],
])('%s becomes %s', (word, result) => {
  expect(expand(word)).toBe(result);
});

test.each([
  ['${A', 'unsupported modifier in substitution: ${A'],
  ['${A#o}', 'unsupported modifier in substitution: ${A#o}'],
  ['${NO:?give NO}', 'NO: give NO'],
  ['${NO?}', 'NO: variable is not set'],
  ["'a", 'looking for matching single-quote'],
  ['"a', 'looking for matching double-quote'],
])('%s is an error', (word, message) => {
  expect(() => expand(word)).toThrow(message);
});

test('the escape character can be another', () => {
  expect(expand('`$A\\', '`')).toBe('$A\\');
});

test('words end at blanks outside of quotes', () => {
  expect(splitWords('a  "b c"\t\'d "e\' f\\ g "h\\" i"', '\\')).toEqual([
    'a',
    '"b c"',
    "'d \"e'",
    'f\\ g',
    '"h\\" i"',
  ]);
});

test('text without marks stays as it is, whatever it holds', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[^\s$'"\\]+$/), (text) => {
      expect(expand(text)).toBe(text);
      expect(splitWords(text, '\\')).toEqual([text]);
    })
  );
});

test('single quotes keep everything', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const quoted = `'${text.replaceAll("'", '')}'`;
      expect(expand(quoted)).toBe(text.replaceAll("'", ''));
      expect(splitWords(quoted, '\\')).toEqual([quoted]);
    })
  );
});
