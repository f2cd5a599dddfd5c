import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
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

const unreadable = (secretId: string, cause: unknown): UnavailableError => {
  if (cause instanceof ResourceNotFoundException) {
    const hint =
      'store one: aws secretsmanager create-secret --name NAME --secret-string file://kubeconfig';
    return new UnavailableError(`the rack has no kubeconfig in secret ${secretId}`, {
      hint,
      cause,
    });
  }
  const reason = cause instanceof Error ? cause.name : String(cause);
  return new UnavailableError(`the kubeconfig in secret ${secretId} can't be read: ${reason}`, {
    cause,
  });
};
