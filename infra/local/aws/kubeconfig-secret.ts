import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { clientSettings } from './access.ts';
import { stage } from './stack.ts';

const secretName = `rackless/${stage}/kubeconfig`;

/** Gives the rack its cluster, as an account owner does on AWS. */
export const storeKubeconfig = async (port: number, kubeconfig: string): Promise<void> => {
  const client = new SecretsManagerClient(clientSettings(port));
  try {
    const stored = await readSecret(client);
    if (stored === undefined) {
      await client.send(new CreateSecretCommand({ Name: secretName, SecretString: kubeconfig }));
    } else if (stored !== kubeconfig) {
      await client.send(
        new PutSecretValueCommand({ SecretId: secretName, SecretString: kubeconfig })
      );
    }
  } finally {
    client.destroy();
  }
};

const readSecret = async (client: SecretsManagerClient): Promise<string | undefined> => {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretName }));
    return SecretString ?? '';
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
};
