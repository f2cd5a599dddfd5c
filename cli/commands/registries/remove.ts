import { removeRegistry } from '#contracts/registries.ts';
import type { Action } from '../../command.ts';

export const remove: Action = async ({ call, out }, { args: [server = ''] }) => {
  out.step(`Removing ${server}`);
  await call(removeRegistry, { server });
  out.done();
  out.result({ server });
};
