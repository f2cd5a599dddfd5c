import type { Action } from '../../command.ts';
import { readEnvironment } from '../../environment/read-environment.ts';
import { CliError } from '../../errors.ts';

export const get: Action = async (context, { args: [key = ''], options }) => {
  const { variables } = await readEnvironment(context, options.release);
  const value = variables.get(key);
  if (value === undefined) {
    throw new CliError('EnvironmentKeyNotFound', `env not found: ${key}`, {
      hint: `list the variables with \`rackless env --app ${context.app()}\``,
    });
  }
  context.out.result({ [key]: value }, value);
};
