import type { AddedRegistry } from './registry-login.ts';

/** As the wire shows it: Convox's fields, of which the secret stays empty. */
export const showRegistry = ({ server, username }: Pick<AddedRegistry, 'server' | 'username'>) => ({
  server,
  username,
  password: '' as const,
});
