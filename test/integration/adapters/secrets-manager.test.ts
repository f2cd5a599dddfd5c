import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { expect, test } from '@jest/globals';
import { readKubeconfig } from '#adapters/secrets-manager/kubeconfig-secret.ts';
import { UnavailableError } from '#core/errors.ts';
import { freshName } from '#test/samples.ts';
import { settings } from '../aws.ts';

test('reads the kubeconfig that is stored now', async () => {
  const client = new SecretsManagerClient(settings());
  const name = freshName();
  await client.send(new CreateSecretCommand({ Name: name, SecretString: 'first' }));
  await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: 'second' }));

  expect(await readKubeconfig(client, name)).toBe('second');
});

test('says which secret is missing, and what to do', async () => {
  const client = new SecretsManagerClient(settings());

  const missing = readKubeconfig(client, 'rackless/none/kubeconfig');

  await expect(missing).rejects.toThrow(UnavailableError);
  await expect(missing).rejects.toMatchObject({
    message: 'the rack has no kubeconfig in secret rackless/none/kubeconfig',
    hint: expect.stringContaining('create-secret'),
  });
});
