import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ignoreRules } from '#cli/source/ignore-rules.ts';

/** Cases of moby/patternmatcher's own tests, and of Docker's reference. */
test.each([
  ['**', 'file', true],
  ['**', 'dir/file', true],
  ['**/', 'file', true],
  ['**/', 'dir/file', true],
  ['**/**', 'dir/file', true],
  ['dir/**', 'dir/dir2/file', true],
  ['dir/**', 'dir', false],
  ['**/dir', 'dir', true],
  ['**/dir', 'dir/file', true],
  ['**/dir2/*', 'dir/dir2/file', true],
  ['**/dir2/*', 'dir/dir2/dir3/file', true],
  ['**file', 'dir/file', true],
  ['**/file', 'dir/file', true],
  ['**file', 'dir/dir/file', true],
  ['**/file*', 'dir/dir/file.txt', true],
  ['**/file*txt', 'dir/dir/file.txt', true],
  ['**/file*.txt*', 'dir/dir/file.txt', true],
  ['**/**/*.txt', 'dir/dir/file.txt', true],
  ['**/**/*.txt2', 'dir/dir/file.txt', false],
  ['**/*.txt', 'file.txt', true],
  ['a**/*.txt', 'a/file.txt', true],
  ['a**/*.txt', 'a/dir/dir/file.txt', true],
  ['a/*.txt', 'a/dir/file.txt', false],
  ['a/*.txt', 'a/file.txt', true],
  ['a[b-d]e', 'ae', false],
  ['a[b-d]e', 'ace', true],
  ['a[^b-d]e', 'aze', true],
  ['a[^b-d]e', 'ace', false],
  ['[a-c]', 'abc', false],
  ['.*', '.foo', true],
  ['.*', 'foo', false],
  ['abc.def', 'abcdef', false],
  ['abc?def', 'abcZdef', true],
  ['abc?def', 'abc/def', false],
  ['a\\*b', 'a*b', true],
  // Its own way with what it hands to a regular expression, as its version 0.6.1 answers.
  ['a\\d', 'a1', true],
  ['a\\d', 'ad', false],
  ['**a.b', 'xa.b', true],
  ['dir**', 'directory', true],
  ['**/a^b', 'a^b', true],
  ['*^b', 'a^b', false],
  ['a|b*', 'anything', true],
  ['./!a', 'b', false],
  ['**/a[b]', 'x/ab', true],
  ['***', 'a/b', true],
  ['a(b)|c.d$', 'a(b)|c.d$', true],
  ['c++', 'c++', true],
  ['{a,b}', 'a', false],
  ['/dir', 'dir/file', true],
  ['dir/', 'dir/file', true],
  ['./dir/../other', 'other', true],
  ['dir', 'sub/dir', false],
  ['Dir', 'dir', false],
  ['# dir', '# dir', false],
  ['*', '.hidden', true],
])('%s and %s: ignored is %s', (pattern, path, ignored) => {
  expect(ignoreRules(pattern).ignores(path)).toBe(ignored);
});

test.each([
  ['*.md\n!README.md', 'README.md', false],
  ['*.md\n!README.md', 'OTHER.md', true],
  ['*.md\n!README*.md\nREADME-secret.md', 'README-secret.md', true],
  ['*.md\nREADME-secret.md\n!README*.md', 'README-secret.md', false],
  ['dir\n!dir/keep', 'dir/keep', false],
  ['dir\n!dir/keep', 'dir/keep/below', false],
  ['dir\n!dir/keep', 'dir/other', true],
  ['\uFEFFdir\r\n\r\n  ! dir/keep  \r\n', 'dir/keep', false],
])('the last rule of %j that applies to %s wins', (text, path, ignored) => {
  expect(ignoreRules(text).ignores(path)).toBe(ignored);
});

test('an ignored folder is read only when something in it may come back', () => {
  expect(ignoreRules('dir').mayReinclude('dir')).toBe(false);
  expect(ignoreRules('dir\n!other/file').mayReinclude('dir')).toBe(false);
  expect(ignoreRules('dir\n!dir/sub/file').mayReinclude('dir')).toBe(true);
  expect(ignoreRules('dir\n!**/file').mayReinclude('dir')).toBe(true);
});

test.each(['!', 'a[b', '[z-a]', 'a[]', '[-a]', 'a\\', '!/'])(
  'the pattern %s is an error that names its line',
  (pattern) => {
    expect(() => ignoreRules(`fine\n${pattern}`)).toThrow(
      `invalid pattern in .dockerignore, line 2: ${pattern}`
    );
  }
);

test('a plain name ignores itself and what is below it, and nothing else', () => {
  const name = fc.stringMatching(/^[a-z.+(){}|$^-]{1,8}$/).filter((it) => !/^\.+$/.test(it));
  fc.assert(
    fc.property(name, name, (one, other) => {
      const { ignores } = ignoreRules(one);
      expect([ignores(one), ignores(`${one}/${other}`)]).toEqual([true, true]);
      expect(ignores(other)).toBe(other === one);
    })
  );
});
