import { addRegistry } from '#contracts/registries.ts';
import type { Action } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import type { Host } from '../../host.ts';
import type { Options } from '../../options.ts';

export const add: Action = async ({ call, out, host }, { args, options }) => {
  const [server = '', username = '', given] = args;
  const password = await readPassword(host, given, options);
  out.step(`Adding ${server}`);
  const registry = await call(addRegistry, { server, username, password });
  out.done();
  out.result({ server: registry.server, username: registry.username });
};

const readPassword = async (
  host: Host,
  given: string | undefined,
  { passwordStdin = false }: Options
): Promise<string> => {
  if (given !== undefined && passwordStdin) {
    throw new UsageError('the password is given twice', { hint: 'leave it out of the arguments' });
  }
  if (given !== undefined) return given;
  if (host.interactive && !passwordStdin) return host.askSecret('Password: ');
  const password = (await host.readInput()).replace(/\r?\n$/, '');
  if (password) return password;
  throw new UsageError('no password on standard input', {
    hint: 'rackless registries add SERVER USERNAME --password-stdin < FILE',
  });
};
