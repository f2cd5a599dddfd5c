import {
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  type ECRClient,
  type Repository,
  RepositoryAlreadyExistsException,
  RepositoryNotFoundException,
} from '@aws-sdk/client-ecr';

/**
 * The app's repository, made on first use. Tags are immutable: a tag is a service and a build, and
 * what was built stays what was built.
 */
export const ensureRepository = async (
  ecr: ECRClient,
  name: string,
  tags: Readonly<Record<string, string>>
): Promise<Repository> =>
  (await find(ecr, name)) ?? (await create(ecr, name, tags)) ?? (await require(ecr, name));

const find = async (ecr: ECRClient, name: string): Promise<Repository | undefined> => {
  try {
    const { repositories = [] } = await ecr.send(
      new DescribeRepositoriesCommand({ repositoryNames: [name] })
    );
    return repositories[0];
  } catch (error) {
    if (error instanceof RepositoryNotFoundException) return undefined;
    throw error;
  }
};

const create = async (
  ecr: ECRClient,
  name: string,
  tags: Readonly<Record<string, string>>
): Promise<Repository | undefined> => {
  try {
    const { repository } = await ecr.send(
      new CreateRepositoryCommand({
        repositoryName: name,
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: false },
        tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      })
    );
    return repository;
  } catch (error) {
    // Another build of the app was faster.
    if (error instanceof RepositoryAlreadyExistsException) return undefined;
    throw error;
  }
};

const require = async (ecr: ECRClient, name: string): Promise<Repository> => {
  const repository = await find(ecr, name);
  if (repository) return repository;
  throw new Error(`repository ${name} disappeared while it was made`);
};
