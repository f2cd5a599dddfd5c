import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { splitCommand } from '#core/rendering/split-command.ts';

test.each([
  ['bin/web', ['bin/web']],
  ['  bin/web   -p 80 ', ['bin/web', '-p', '80']],
  [`sh -c 'echo "a  b" $HOME'`, ['sh', '-c', 'echo "a  b" $HOME']],
  [`a"b c"'d e'f`, ['ab cd ef']],
  [`"a \\"quoted\\" \\\\ \\n word"`, ['a "quoted" \\ \\n word']],
  ['a\\ b \\"c', ['a b', '"c']],
  [`'' ""`, ['', '']],
  [`it\\'s 'back\\slash'`, ["it's", 'back\\slash']],
  ['one\ttwo\nthree', ['one', 'two', 'three']],
  ['one \\\n  two', ['one', 'two']],
  ['', []],
])('splits %j as a shell does', (command, words) => {
  expect(splitCommand(command)).toEqual(words);
});

test.each([
  'a b',
  `a"b c"'d e'f`,
  'a\\ b \\"c',
  `"a \\"q\\" \\\\ \\n" 'x\\y'`,
  `one \\\n two "th\\\nree"`,
])('splits %j into the words that sh gives it', (command) => {
  const script = `for it in ${command}; do printf '%s\\0' "$it"; done`;
  const words = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);

  expect(splitCommand(command)).toEqual(words);
});

test.each([`echo 'open`, 'echo "open', 'echo "open\\"'])(
  'refuses the open quote of %j',
  (command) => {
    expect(() => splitCommand(command)).toThrow(`command has an open quote: ${command}`);
  }
);
