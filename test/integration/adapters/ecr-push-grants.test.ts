import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import {
  BatchCheckLayerAvailabilityCommand,
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
} from '@aws-sdk/client-ecr';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EcrPushGrants, type SessionCredentials } from '#adapters/ecr/ecr-push-grants.ts';
import { clientSettings } from '#infra/local/aws/access.ts';
import { type Emulator, startEmulator } from '../emulator.ts';

const account = '000000000000';
const arns = `arn:aws:ecr:us-east-1:${account}:repository/`;
const hour = 3_600_000;

/** Of its own, because permissions count in it. */
let emulator: Emulator;
let settings: ReturnType<typeof clientSettings>;

beforeAll(async () => {
  emulator = await startEmulator({ AUTH: 'true' });
  settings = clientSettings(emulator.port);
  await createPushRole();
}, 90_000);

afterAll(() => emulator.stop());

const createPushRole = async (): Promise<void> => {
  const allow = (Action: string, Resource: string) => ({ Effect: 'Allow', Action, Resource });
  const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
  const PushRole = {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'push',
      AssumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: 'sts:AssumeRole',
      }),
      // More than the deployed role has, so that what is refused is refused by the session.
      Policies: [{ PolicyName: 'all', PolicyDocument: policy(allow('*', '*')) }],
    },
  };
  const client = new CloudFormationClient(settings);
  const TemplateBody = JSON.stringify({ Resources: { PushRole } });
  const Capabilities = ['CAPABILITY_NAMED_IAM' as const];
  await client.send(new CreateStackCommand({ StackName: 'roles', TemplateBody, Capabilities }));
  for (;;) {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'roles' }));
    if (Stacks?.[0]?.StackStatus === 'CREATE_COMPLETE') return;
  }
};

const mint = async (app: string, clock = Date.now) => {
  let session: SessionCredentials | undefined;
  const grants = new EcrPushGrants(
    {
      ecr: new ECRClient(settings),
      sts: new STSClient(settings),
      ecrAs: (credentials) => {
        session = credentials;
        return new ECRClient({ ...settings, credentials });
      },
    },
    {
      rack: 'atom',
      pushRoleArn: `arn:aws:iam::${account}:role/push`,
      registryHost: 'registry:5000',
      repositoryArns: arns,
    },
    clock
  );
  const grant = await grants.mint({ app, id: 'BAAAAAAAAAA' });
  return { grant, as: { ...settings, ...(session && { credentials: session }) } };
};

const layers = (repositoryName: string) =>
  new BatchCheckLayerAvailabilityCommand({
    repositoryName,
    layerDigests: [`sha256:${'a'.repeat(64)}`],
  });

test('makes the repository once, with tags that stay', async () => {
  await mint('shop');
  const { grant } = await mint('shop');

  const { repositories = [] } = await new ECRClient(settings).send(
    new DescribeRepositoriesCommand({ repositoryNames: ['atom/shop'] })
  );
  expect(grant).toMatchObject({ repository: 'registry:5000/atom/shop', username: 'AWS' });
  expect(repositories).toMatchObject([
    { repositoryArn: `${arns}atom/shop`, imageTagMutability: 'IMMUTABLE' },
  ]);
});

test('gives a session that reaches its own repository and nothing else', async () => {
  await mint('other');
  const { as } = await mint('shop');
  const ecr = new ECRClient(as);

  expect(await ecr.send(layers('atom/shop'))).toBeDefined();
  const denied = { name: expect.stringMatching(/AccessDenied/) };
  await expect(ecr.send(layers('atom/other'))).rejects.toMatchObject(denied);
  const create = new CreateRepositoryCommand({ repositoryName: 'atom/new' });
  await expect(ecr.send(create)).rejects.toMatchObject(denied);
  await expect(new S3Client(as).send(new ListBucketsCommand())).rejects.toMatchObject(denied);
});

test('ends with the hour, whatever the registry thinks of its token', async () => {
  const longAgo = () => Date.now() - 2 * hour;

  await expect(mint('shop', longAgo)).rejects.toMatchObject({
    name: expect.stringMatching(/AccessDenied/),
  });
});
