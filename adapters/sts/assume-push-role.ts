import { AssumeRoleCommand, type Credentials, type STSClient } from '@aws-sdk/client-sts';

export interface PushRole {
  readonly arn: string;
  /** The one repository the credential is for. */
  readonly repositoryArn: string;
  /** The build: it names the session in the audit log. */
  readonly session: string;
  /** 900 to 3600, the limits of STS. */
  readonly seconds: number;
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
export const pushPolicy = (repositoryArn: string, until: Date): object => {
  const Condition = { DateLessThan: { 'aws:CurrentTime': until.toISOString() } };
  return {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: pushAndPull, Resource: repositoryArn, Condition },
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*', Condition },
    ],
  };
};

/** Credentials to push to one repository, for a while. */
export const assumePushRole = async (
  sts: STSClient,
  { arn, repositoryArn, session, seconds }: PushRole,
  now: number
): Promise<Credentials> => {
  const { Credentials: credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: arn,
      RoleSessionName: session,
      DurationSeconds: seconds,
      Policy: JSON.stringify(pushPolicy(repositoryArn, new Date(now + seconds * 1000))),
    })
  );
  if (!credentials) throw new Error('STS gave no credentials for the push role');
  return credentials;
};
