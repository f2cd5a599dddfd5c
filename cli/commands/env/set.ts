import type { Action } from '../../command.ts';
import { changeAndPromote } from '../../environment/change-environment.ts';
import { parseVariable, parseVariables } from '../../environment/variables.ts';
import { UsageError } from '../../errors.ts';

export const set: Action = async (context, { args, options }) => {
  const given = args.filter((arg) => arg !== '-').flatMap(parse);
  const piped = args.includes('-') ? parseVariables(await context.host.readInput()) : [];
  const variables = new Map([...piped, ...given]);
  if (variables.size === 0) {
    throw new UsageError('no environment variables given', {
      hint: 'standard input had no KEY=VALUE line',
    });
  }
  await changeAndPromote(context, { set: variables, replace: options.replace ?? false }, options);
};

const parse = (arg: string): [key: string, value: string][] => {
  const variable = parseVariable(arg);
  if (variable) return variable;
  throw new UsageError(`not a variable: ${arg}`, {
    hint: 'give variables as KEY=VALUE; an empty value is KEY=',
  });
};
