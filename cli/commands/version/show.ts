import { getSystem } from '#contracts/system.ts';
import type { Action } from '../../command.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors.ts';

export const show: Action = async (context) => {
  const client = context.host.version;
  const server = await serverVersion(context);
  context.out.result(
    { client, server: server ?? null },
    `client: ${client}\nserver: ${server ?? 'none'}`
  );
};

/** Undefined without a rack. A rack that is out of order is an error. */
const serverVersion = async ({ call }: Context): Promise<string | undefined> => {
  try {
    return (await call(getSystem, {})).version;
  } catch (error) {
    if (error instanceof CliError && error.code === 'NoCurrentRack') return undefined;
    throw error;
  }
};
