import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import { pushBuilderImage } from '../builder/push-builder-image.ts';
import { clientSettings } from './access.ts';

const repositoryName = 'rackless/builder';

/** Puts the image that builds on the embedded cluster into the rack's registry; returns its name. */
export const storeBuilderImage = async (port: number): Promise<string> => {
  const client = new ECRClient(clientSettings(port));
  try {
    await client.send(new CreateRepositoryCommand({ repositoryName }));
  } catch (error) {
    if ((error as Error).name !== 'RepositoryAlreadyExistsException') throw error;
  } finally {
    client.destroy();
  }
  return pushBuilderImage(`127.0.0.1:${port}`, repositoryName);
};
