import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { UnavailableError } from '#core/errors.ts';

/** Reads the kubeconfig that the rack drives its cluster with. Read once for each process. */
export const readKubeconfig = async (
  client: SecretsManagerClient,
  secretId: string
): Promise<string> => {
  const { SecretString } = await client
    .send(new GetSecretValueCommand({ SecretId: secretId }))
    .catch((cause: unknown) => {
      throw new UnavailableError(`the rack has no kubeconfig in secret ${secretId}`, {
        hint: 'store one: aws secretsmanager create-secret --name NAME --secret-string file://kubeconfig',
        cause,
      });
    });
  if (!SecretString) throw new UnavailableError(`secret ${secretId} is empty`);
  return SecretString;
};
