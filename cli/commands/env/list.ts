import type { Action } from '../../command.ts';
import { readEnvironment } from '../../environment/read-environment.ts';
import { formatVariables } from '../../environment/variables.ts';

export const list: Action = async (context, { options }) => {
  const { variables } = await readEnvironment(context, options.release);
  context.out.result(Object.fromEntries(variables), formatVariables(variables));
};
