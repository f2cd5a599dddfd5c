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
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  PutImageCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EcrRegistry, type SessionCredentials } from '#adapters/ecr/ecr-registry.ts';
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

const mint = async (app: string, { clock = Date.now, withCache = false } = {}) => {
  let credentials: SessionCredentials | undefined;
  const registry = new EcrRegistry(
    {
      ecr: new ECRClient(settings),
      sts: new STSClient(settings),
      ecrAs: (session) => {
        credentials = session;
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
  const session = { app, session: 'BAAAAAAAAAA.GAAAAAAAAAA', expires: clock() + hour, withCache };
  const grant = await registry.mint(session);
  return { grant, registry, as: { ...settings, ...(credentials && { credentials }) } };
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

test('reaches the cache of the app only when it is asked for, and is shut out of it as well', async () => {
  const { as, registry } = await mint('cached', { withCache: true });
  const { as: without } = await mint('cached');

  const client = new ECRClient(settings);
  const { repositories = [] } = await client.send(
    new DescribeRepositoriesCommand({ repositoryNames: ['atom/cached/cache'] })
  );
  const { lifecyclePolicyText = '' } = await client.send(
    new GetLifecyclePolicyCommand({ repositoryName: 'atom/cached/cache' })
  );
  await registry.revoke('cached', ['B1.G1']);

  expect(registry.cacheRepositoryOf('cached')).toBe('registry:5000/atom/cached/cache');
  expect(repositories).toMatchObject([{ imageTagMutability: 'MUTABLE' }]);
  expect(JSON.parse(lifecyclePolicyText).rules).toMatchObject([
    { selection: { tagStatus: 'untagged' }, action: { type: 'expire' } },
  ]);
  expect(await new ECRClient(as).send(layers('atom/cached/cache'))).toBeDefined();
  await expect(new ECRClient(without).send(layers('atom/cached/cache'))).rejects.toMatchObject({
    name: expect.stringMatching(/AccessDenied/),
  });
  for (const repositoryName of ['atom/cached', 'atom/cached/cache']) {
    expect(await policyOf(repositoryName)).toMatchObject({
      Statement: [{ Condition: { StringLike: { 'aws:userid': ['*:B1.G1'] } } }],
    });
  }
});

test('ends with the hour, whatever the registry thinks of its token', async () => {
  const longAgo = () => Date.now() - 2 * hour;

  await expect(mint('shop', { clock: longAgo })).rejects.toMatchObject({
    name: expect.stringMatching(/AccessDenied/),
  });
});

const policyOf = async (repositoryName: string): Promise<{ Statement: { Sid?: string }[] }> => {
  const { policyText = '{}' } = await new ECRClient(settings).send(
    new GetRepositoryPolicyCommand({ repositoryName })
  );
  return JSON.parse(policyText);
};

test('shuts out the sessions that are revoked, and leaves the policy of others alone', async () => {
  const { registry } = await mint('revoked');
  const own = { Sid: 'Own', Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage' };
  const policyText = JSON.stringify({ Version: '2012-10-17', Statement: [own] });
  const repositoryName = 'atom/revoked';
  await new ECRClient(settings).send(
    new SetRepositoryPolicyCommand({ repositoryName, policyText })
  );

  await registry.revoke('revoked', ['B1.G1', 'B1.G2']);
  const { Statement } = await policyOf(repositoryName);
  await registry.revoke('revoked', []);

  expect(Statement).toEqual([
    own,
    {
      Sid: 'RacklessRevokedGrants',
      Effect: 'Deny',
      Principal: '*',
      Action: 'ecr:*',
      Condition: { StringLike: { 'aws:userid': ['*:B1.G1', '*:B1.G2'] } },
    },
  ]);
  expect((await policyOf(repositoryName)).Statement).toEqual([own]);
});

test('tells the digest of what was pushed, and of nothing else', async () => {
  const { registry } = await mint('pushed');
  const imageManifest = JSON.stringify({ schemaVersion: 2, layers: [] });
  const put = new PutImageCommand({
    repositoryName: 'atom/pushed',
    imageManifest,
    imageTag: 'web.B1',
  });
  const { image } = await new ECRClient(settings).send(put);

  expect(await registry.digest('pushed', 'web.B1')).toBe(image?.imageId?.imageDigest);
  expect(await registry.digest('pushed', 'web.B2')).toBeUndefined();
  expect(await registry.digest('nothing', 'web.B1')).toBeUndefined();
  await expect(registry.revoke('nothing', ['B1.G1'])).resolves.toBeUndefined();
});
