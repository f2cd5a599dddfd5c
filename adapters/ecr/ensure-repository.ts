import {
  CreateRepositoryCommand,
  type ECRClient,
  RepositoryAlreadyExistsException,
} from '@aws-sdk/client-ecr';

/**
 * Makes the app's repository on first use. Tags are immutable: a tag is a service and a build, and
 * what was built stays what was built.
 */
export const ensureRepository = async (
  ecr: ECRClient,
  name: string,
  tags: Readonly<Record<string, string>>
): Promise<void> => {
  try {
    await ecr.send(
      new CreateRepositoryCommand({
        repositoryName: name,
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: false },
        tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      })
    );
  } catch (error) {
    if (!(error instanceof RepositoryAlreadyExistsException)) throw error;
  }
};
