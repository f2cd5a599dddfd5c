import {
  CreateRepositoryCommand,
  type ECRClient,
  type ImageTagMutability,
  PutLifecyclePolicyCommand,
  RepositoryAlreadyExistsException,
} from '@aws-sdk/client-ecr';

export interface RepositoryKind {
  readonly mutability: ImageTagMutability;
  /** Days after which what no tag names any more goes by itself; 0 for never. */
  readonly untaggedDays: number;
}

/** A tag is a service and a build, and what was built stays what was built. */
export const imageRepository: RepositoryKind = { mutability: 'IMMUTABLE', untaggedDays: 0 };

/** Each build moves the tag on, and leaves a cache behind that nobody reads. */
export const cacheRepository: RepositoryKind = { mutability: 'MUTABLE', untaggedDays: 1 };

interface Repository {
  readonly name: string;
  readonly kind: RepositoryKind;
  readonly tags: Readonly<Record<string, string>>;
}

/** Makes a repository of an app on first use. */
export const ensureRepository = async (
  ecr: ECRClient,
  { name, kind, tags }: Repository
): Promise<void> => {
  try {
    await ecr.send(
      new CreateRepositoryCommand({
        repositoryName: name,
        imageTagMutability: kind.mutability,
        imageScanningConfiguration: { scanOnPush: false },
        tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      })
    );
  } catch (error) {
    if (!(error instanceof RepositoryAlreadyExistsException)) throw error;
    return;
  }
  if (kind.untaggedDays === 0) return;
  const lifecyclePolicyText = JSON.stringify(expireUntagged(kind.untaggedDays));
  await ecr.send(new PutLifecyclePolicyCommand({ repositoryName: name, lifecyclePolicyText }));
};

const expireUntagged = (days: number) => ({
  rules: [
    {
      rulePriority: 1,
      selection: {
        tagStatus: 'untagged',
        countType: 'sinceImagePushed',
        countUnit: 'days',
        countNumber: days,
      },
      action: { type: 'expire' },
    },
  ],
});
