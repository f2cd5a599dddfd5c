import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { UnavailableError } from '#core/errors.ts';

const Account = z.object({ username: z.string().min(1), password: z.string().min(1) });

const hintFor = (secretId: string): string =>
  `store it: aws secretsmanager create-secret --name ${secretId} --secret-string '{"username":"…","password":"…"}'`;

/**
 * The credential of a static registry. Read anew each time, so that a changed one counts at once.
 * @throws UnavailableError that says what is wrong with the secret, without a word of its content.
 */
export const readRegistrySecret = async (
  client: SecretsManagerClient,
  secretId: string
): Promise<z.infer<typeof Account>> => {
  const hint = hintFor(secretId);
  const { SecretString = '' } = await client
    .send(new GetSecretValueCommand({ SecretId: secretId }))
    .catch((cause: unknown) => {
      // One that is not there is denied as well: it has no suffix that the role's permission matches.
      const reason = cause instanceof Error ? cause.name : String(cause);
      const detail = `the login of the rack's registry is not in secret ${secretId}, or can't be read: ${reason}`;
      throw new UnavailableError(detail, { hint, cause });
    });
  const account = Account.safeParse(parsed(SecretString));
  if (account.success) return account.data;
  throw new UnavailableError(
    `secret ${secretId} is not the login of a registry: username and password as JSON`,
    { hint }
  );
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
