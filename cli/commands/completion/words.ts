import { type CommandSpec, optionsOf } from '../../command.ts';

/** What may follow a command: its path (empty for the root), subcommands and flags. */
export interface Words {
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly summary: string }[];
  readonly flags: readonly string[];
}

/** Every command of the tree with what may follow it. */
export const words = (tree: CommandSpec): readonly Words[] => collect(tree, '');

const collect = (spec: CommandSpec, path: string): Words[] => [
  {
    path,
    commands: (spec.commands ?? []).map(({ name, summary }) => ({ name, summary })),
    flags: [...flagsOf(spec), '--help'],
  },
  ...(spec.commands ?? []).flatMap((child) => collect(child, `${path} ${child.name}`.trim())),
];

const flagsOf = (spec: CommandSpec): string[] =>
  optionsOf(spec)
    .filter(({ hidden }) => !hidden)
    .flatMap(({ flags }) => flags.split(/[ ,]+/).filter((word) => word.startsWith('-')));

/** `case` lines that answer with the subcommands or the flags of a path, for bash and zsh. */
export const cases = (all: readonly Words[], pick: (words: Words) => readonly string[]): string =>
  all
    .filter((it) => pick(it).length > 0)
    .map((it) => `    '${it.path}') echo '${pick(it).join(' ')}' ;;`)
    .join('\n');

export const namesOf = ({ commands }: Words): readonly string[] => commands.map(({ name }) => name);

/** Prints the names of the apps; nothing when the rack can't be asked. */
export const appNames = "rackless apps 2>/dev/null | awk 'NR > 1 { print $1 }'";
