import type { Action, CommandSpec } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import { bash } from './bash.ts';
import { fish } from './fish.ts';
import { words } from './words.ts';
import { zsh } from './zsh.ts';

const shells = new Map([
  ['bash', bash],
  ['zsh', zsh],
  ['fish', fish],
]);

export const print =
  (tree: CommandSpec): Action =>
  async ({ out }, { args: [shell = ''] }) => {
    const write = shells.get(shell);
    if (!write) throw new UsageError(`unknown shell: ${shell}`, { hint: 'bash, zsh or fish' });
    const script = write(words(tree));
    out.result({ shell, script }, script.trimEnd());
  };
