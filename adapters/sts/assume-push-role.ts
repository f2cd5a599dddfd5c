import { AssumeRoleCommand, type Credentials, type STSClient } from '@aws-sdk/client-sts';

export interface PushRole {
  readonly arn: string;
  /** What the credential is for: one app's repository, and that of its build cache if need be. */
  readonly repositoryArns: readonly string[];
  /** Names the session in the audit log. */
  readonly session: string;
  /** Milliseconds since 1970; at most an hour from now, the limit of STS for a chained role. */
  readonly expires: number;
}

const pushAndPull = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:InitiateLayerUpload',
  'ecr:UploadLayerPart',
  'ecr:CompleteLayerUpload',
  'ecr:PutImage',
  'ecr:BatchGetImage',
  'ecr:GetDownloadUrlForLayer',
];

/** What a session may do, at most: ECR's own token lives for 12 hours, so the end is in the policy. */
export const pushPolicy = (repositoryArns: readonly string[], until: Date): object => {
  const Condition = { DateLessThan: { 'aws:CurrentTime': until.toISOString() } };
  return {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: pushAndPull, Resource: repositoryArns, Condition },
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*', Condition },
    ],
  };
};

/** STS makes no session shorter; the policy's own end may come before. Seconds. */
const shortest = 900;

/** Credentials to push to some repositories, for a while. */
export const assumePushRole = async (
  sts: STSClient,
  { arn, repositoryArns, session, expires }: PushRole,
  now: number
): Promise<Credentials> => {
  const { Credentials: credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: arn,
      RoleSessionName: session,
      DurationSeconds: Math.max(shortest, Math.round((expires - now) / 1000)),
      Policy: JSON.stringify(pushPolicy(repositoryArns, new Date(expires))),
    })
  );
  if (!credentials) throw new Error('STS gave no credentials for the push role');
  return credentials;
};
