import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { UnavailableError } from '#core/errors.ts';

/**
 * Reads the kubeconfig that the rack drives its cluster with. Read once for each process.
 * @throws UnavailableError that says whether there is none or it can't be read.
 */
export const readKubeconfig = async (
  client: SecretsManagerClient,
  secretId: string
): Promise<string> => {
  const { SecretString } = await client
    .send(new GetSecretValueCommand({ SecretId: secretId }))
    .catch((cause: unknown) => {
      throw unreadable(secretId, cause);
    });
  if (!SecretString) throw new UnavailableError(`secret ${secretId} is empty`);
  return SecretString;
};

/**
 * A secret that is not there has no suffix yet, so it is not among those that the role may read, and
 * AWS denies access to it.
 */
const missing = new Set(['ResourceNotFoundException', 'AccessDeniedException']);

const unreadable = (secretId: string, cause: unknown): UnavailableError => {
  const reason = cause instanceof Error ? cause.name : String(cause);
  if (missing.has(reason)) {
    const hint =
      'store one: aws secretsmanager create-secret --name NAME --secret-string file://kubeconfig';
    return new UnavailableError(`the rack has no kubeconfig in secret ${secretId}`, {
      hint,
      cause,
    });
  }
  return new UnavailableError(`the kubeconfig in secret ${secretId} can't be read: ${reason}`, {
    cause,
  });
};
