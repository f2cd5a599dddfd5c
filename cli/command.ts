import { Command, Option } from 'commander';
import type { Context } from './context.ts';
import { UsageError } from './errors.ts';
import type { Host } from './host.ts';
import type { OptionSpec, Options } from './options.ts';
import * as standard from './options.ts';
import { session } from './session.ts';

export interface Request {
  readonly args: readonly string[];
  readonly options: Options;
}

export type Action = (context: Context, request: Request) => Promise<void>;

/** A command as data. Its action is a module of its own, loaded only when it runs. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** One line with long flags, without the prompt. */
  readonly example: string;
  /** `<release>` is needed, `[dir]` is not, `...` takes many. */
  readonly args?: readonly (readonly [syntax: string, description: string])[];
  readonly options?: readonly OptionSpec[];
  /** Under `--json`: one object per line while it goes on, instead of one document. */
  readonly streams?: boolean | 'when promoting';
  /** Its stdout is content, unless a file gets it: all that it says goes to stderr. */
  readonly content?: boolean;
  readonly action?: () => Promise<Action>;
  readonly commands?: readonly CommandSpec[];
}

/**
 * Every command is made here. commander does not pass these settings on to a command that is
 * attached with addCommand, and one that lacks them exits the process in the middle of a test.
 */
export const command = (spec: CommandSpec, host: Host): Command => {
  const made = new Command(spec.name)
    .summary(spec.summary)
    .description(spec.description)
    .usage(usage(spec))
    .exitOverride()
    .enablePositionalOptions()
    .allowExcessArguments()
    .helpCommand(false)
    .configureHelp({ subcommandTerm: (child) => child.name() })
    .configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      writeErr: (text) => void host.stderr.write(text),
      outputError: () => undefined,
      getOutHelpWidth: () => host.stdout.columns ?? 80,
    })
    .addHelpText('after', `\nExample:\n  $ ${spec.example}`);
  for (const [syntax, description] of spec.args ?? []) {
    made.argument(syntax.replace('<', '[').replace('>', ']'), description);
  }
  for (const option of optionsOf(spec)) made.addOption(commanderOption(option));
  for (const child of spec.commands ?? []) made.addCommand(command(child, host));
  return spec.action ? made.action(runner(spec, host)) : made;
};

/** The options of a command, with those that every command has. */
export const optionsOf = (spec: CommandSpec): readonly OptionSpec[] =>
  spec.action ? [...(spec.options ?? []), standard.rack, standard.json] : [];

const commanderOption = ({ flags, description, hidden, repeatable }: OptionSpec): Option => {
  const option = new Option(flags, description).hideHelp(hidden ?? false);
  return repeatable
    ? option.argParser((value: string, before?: readonly string[]) => [...(before ?? []), value])
    : option;
};

const usage = ({ args = [], commands, action }: CommandSpec): string =>
  [
    '[options]',
    ...(commands ? [action ? '[command]' : '<command>'] : []),
    ...args.map(([syntax]) => syntax),
  ].join(' ');

const runner =
  (spec: CommandSpec, host: Host) =>
  async (...given: unknown[]): Promise<void> => {
    const self = given.at(-1) as Command;
    checkArguments(spec, self);
    const options = self.optsWithGlobals<Options>();
    const hasContent = spec.content === true && options.file === undefined;
    const context = session(host, options, { streams: streams(spec, options), hasContent });
    const action = await spec.action?.();
    await action?.(context, { args: self.args, options });
  };

const streams = ({ streams: when }: CommandSpec, { promote }: Options): boolean =>
  when === 'when promoting' ? promote === true : when === true;

/** The words are Convox's. commander's own check is off: it would say them differently. */
const checkArguments = (spec: CommandSpec, self: Command): void => {
  const { args = [], commands } = spec;
  const given = self.args.length;
  const least = args.filter(([syntax]) => syntax.startsWith('<')).length;
  const most = args.some(([syntax]) => syntax.includes('...')) ? given : args.length;
  if (given >= least && given <= most) return;
  if (commands && args.length === 0) throw unknownCommand(self, commands);
  throw new UsageError(complaint({ given, least, most, endless: most === given }), {
    hint: `usage: ${pathOf(self)} ${self.usage()}`,
  });
};

const complaint = (counts: {
  given: number;
  least: number;
  most: number;
  endless: boolean;
}): string => {
  const { given, least, most, endless } = counts;
  if (!endless && least === most) return `${least} arg${plural(least)} required`;
  return given < least
    ? `at least ${least} arg${plural(least)} required`
    : `no more than ${most} arg${plural(most)} expected`;
};

const plural = (count: number): string => (count === 1 ? '' : 's');

const unknownCommand = (self: Command, commands: readonly CommandSpec[]): UsageError =>
  new UsageError(`unknown command: ${pathOf(self)} ${self.args[0]}`, {
    hint: `${pathOf(self)} has: ${commands.map(({ name }) => name).join(', ')}`,
  });

const pathOf = (self: Command): string =>
  self.parent ? `${pathOf(self.parent)} ${self.name()}` : self.name();
