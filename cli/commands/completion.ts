import type { CommandSpec } from '../command.ts';

/** Takes the tree when it runs: the tree has this command in it. */
export const completion = (tree: () => CommandSpec): CommandSpec => ({
  name: 'completion',
  summary: 'print a completion script',
  description:
    'Prints a script that completes commands, flags and app names in bash, zsh or fish. Load it from ' +
    'the start-up file of the shell.',
  example: 'source <(rackless completion bash)',
  args: [['<shell>', 'bash, zsh or fish']],
  action: async () => (await import('./completion/print.ts')).print(tree()),
});
