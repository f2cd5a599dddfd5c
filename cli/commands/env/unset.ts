import type { Action } from '../../command.ts';
import { changeAndPromote } from '../../environment/change-environment.ts';

export const unset: Action = (context, { args, options }) =>
  changeAndPromote(context, { unset: args }, options);
