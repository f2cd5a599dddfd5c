import { UsageError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { Options } from '../options.ts';

/** The login for the registry of an image, for one request. */
export interface SourceLogin {
  readonly 'src-creds-user': string;
  readonly 'src-creds-pass': string;
}

/** Reads the login from where other users of this machine can't see it. @throws UsageError */
export const readSourceLogin = async (
  host: Pick<Host, 'env' | 'readInput'>,
  options: Options
): Promise<SourceLogin | undefined> => {
  const user = options.srcCredsUser;
  const password = await readPassword(host, options);
  if (user === undefined && password === undefined) return undefined;
  if (user && password !== undefined) return { 'src-creds-user': user, 'src-creds-pass': password };
  throw user
    ? new UsageError('--src-creds-user needs a password', { hint: howToGive })
    : new UsageError('the password needs a user name', { hint: 'add --src-creds-user NAME' });
};

const howToGive =
  'name the variable that holds it with --src-creds-pass-env, or pipe it in with --src-creds-pass-stdin';

const readPassword = async (
  host: Pick<Host, 'env' | 'readInput'>,
  { srcCredsPass, srcCredsPassEnv, srcCredsPassStdin = false }: Options
): Promise<string | undefined> => {
  if (srcCredsPass !== undefined) {
    throw new UsageError(
      '--src-creds-pass would show the password to other users of this machine',
      {
        hint: howToGive,
      }
    );
  }
  if (srcCredsPassEnv !== undefined && srcCredsPassStdin) {
    throw new UsageError(
      'at most one of --src-creds-pass-env, --src-creds-pass-stdin may be specified'
    );
  }
  if (srcCredsPassEnv !== undefined) return fromEnvironment(host.env, srcCredsPassEnv);
  return srcCredsPassStdin ? fromInput(await host.readInput()) : undefined;
};

const fromEnvironment = (env: Host['env'], name: string): string => {
  const value = env[name];
  if (value) return value;
  throw new UsageError(`--src-creds-pass-env=${name}: environment variable not set`, {
    hint: `put the password there: export ${name}`,
  });
};

const fromInput = (text: string): string => {
  const password = text.replace(/\r?\n[\s\S]*$/, '');
  if (password) return password;
  throw new UsageError('no password on standard input', {
    hint: 'rackless builds import-image IMAGE --src-creds-user NAME --src-creds-pass-stdin < FILE',
  });
};
