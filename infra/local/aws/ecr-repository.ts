import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import { clientSettings } from './access.ts';

/** A repository has to be there before the first push, as on AWS. */
export const ensureRepository = async (port: number, repositoryName: string): Promise<void> => {
  const client = new ECRClient(clientSettings(port));
  try {
    await client.send(new CreateRepositoryCommand({ repositoryName }));
  } catch (error) {
    if ((error as Error).name !== 'RepositoryAlreadyExistsException') throw error;
  } finally {
    client.destroy();
  }
};
