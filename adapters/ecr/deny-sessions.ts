import {
  type ECRClient,
  GetRepositoryPolicyCommand,
  RepositoryNotFoundException,
  RepositoryPolicyNotFoundException,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr';

interface Statement {
  readonly Sid?: string;
}

/** The one statement of the repository's policy that is ours. */
const sid = 'RacklessRevokedGrants';

/**
 * Shuts sessions of the push role out of a repository, and lets in again whom it names no more: a
 * token of ECR can't be taken back. Other statements of the repository's policy stay.
 */
export const denySessions = async (
  ecr: ECRClient,
  repositoryName: string,
  sessions: readonly string[]
): Promise<void> => {
  const policy = await readPolicy(ecr, repositoryName);
  if (!policy) return;
  const others = policy.filter((it) => it.Sid !== sid);
  const Statement = [...others, ...(sessions.length > 0 ? [deny(sessions)] : [])];
  if (Statement.length === 0) return;
  const policyText = JSON.stringify({ Version: '2012-10-17', Statement });
  await ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }));
};

/** An assumed role's user id is `ROLE-ID:SESSION`. */
const deny = (sessions: readonly string[]) => ({
  Sid: sid,
  Effect: 'Deny',
  Principal: '*',
  Action: 'ecr:*',
  Condition: { StringLike: { 'aws:userid': sessions.map((it) => `*:${it}`) } },
});

/** Undefined where there is no repository: nothing can be pushed to it either. */
const readPolicy = async (
  ecr: ECRClient,
  repositoryName: string
): Promise<readonly Statement[] | undefined> => {
  try {
    const { policyText = '{}' } = await ecr.send(
      new GetRepositoryPolicyCommand({ repositoryName })
    );
    const { Statement = [] } = JSON.parse(policyText) as { Statement?: Statement | Statement[] };
    return [Statement].flat();
  } catch (error) {
    if (error instanceof RepositoryPolicyNotFoundException) return [];
    if (error instanceof RepositoryNotFoundException) return undefined;
    throw error;
  }
};
