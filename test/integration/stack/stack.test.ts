import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeImagesCommand,
  ECRClient,
  GetRepositoryPolicyCommand,
  PutImageCommand,
} from '@aws-sdk/client-ecr';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sequenceOf } from '#core/identifiers.ts';
import { clientSettings } from '#infra/local/aws/access.ts';
import { storeRackToken } from '#infra/local/aws/rack-token.ts';
import { checkout } from '#infra/local/plane/home.ts';
import { pushedBuild, sendInOnePiece } from './archived-build.ts';
import { type Call, callApi, type DeployedStack, deployStack, stage } from './deployed-stack.ts';

const token = 'the-token-of-this-test';
let stack: DeployedStack;

beforeAll(async () => {
  stack = await deployStack();
  await storeRackToken(stack.emulator.port, stack.outputs['TableName'] ?? '', token);
}, 180_000);

afterAll(() => stack?.stop());

const call = async (request: Call) => {
  const { status, text } = await callApi(stack, { token, ...request });
  return { status, text, json: status === 200 && text.startsWith('{') ? JSON.parse(text) : {} };
};

const templateFile = () => join(stack.folder, 'cloudformation-template-update-stack.json');

test('passes cfn-lint', () => {
  const program = join(checkout, '.rackless', 'venv', 'bin', 'cfn-lint');
  if (!existsSync(program)) {
    console.warn(
      `skipped: no ${program}; ${join(checkout, '.rackless/venv/bin/pip')} install cfn-lint`
    );
    return;
  }
  const { stdout } = spawnSync(program, ['-t', templateFile(), '-f', 'parseable'], {
    encoding: 'utf8',
  });

  expect(stdout.split('\n').map((line) => line.split(':').slice(5).join(':'))).toEqual(['']);
});

test('keeps what must outlive the stack', () => {
  const { Resources } = JSON.parse(readFileSync(templateFile(), 'utf8'));

  for (const name of ['Table', 'Bucket', 'Key']) {
    expect(Resources[name]).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  }
  expect(Resources['Table'].Properties).toMatchObject({
    DeletionProtectionEnabled: true,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  });
});

test('gives every function a role of its own, which may do nothing with everything', () => {
  const { Resources } = JSON.parse(readFileSync(templateFile(), 'utf8')) as {
    Resources: Record<string, { Type: string; Properties: Record<string, never> }>;
  };
  const functions = Object.values(Resources).filter((it) => it.Type === 'AWS::Lambda::Function');
  const roles = functions.map((it) => JSON.stringify(it.Properties['Role']));

  expect(new Set(roles).size).toBe(functions.length);
  for (const [name, { Type, Properties }] of Object.entries(Resources)) {
    if (Type !== 'AWS::IAM::Role') continue;
    for (const { Action, Resource } of statementsOf(Properties)) {
      expect([name, [Action].flat().filter((it) => it.endsWith('*'))]).toEqual([name, []]);
      // Where AWS knows no resource for an action, "*" is the only way to write it.
      const isOpen = [Resource].flat().includes('*');
      expect([name, isOpen && [Action].flat().some((it) => !withoutResource.test(it))]).toEqual([
        name,
        false,
      ]);
    }
  }
});

const withoutResource = /^(ecr:GetAuthorizationToken|sts:GetWebIdentityToken)$/;

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

const statementsOf = (role: Record<string, unknown>): readonly Statement[] =>
  (role['Policies'] as { PolicyDocument: { Statement: Statement[] } }[]).flatMap(
    (it) => it.PolicyDocument.Statement
  );

test('refuses who has no token, and answers who has one', async () => {
  expect(await callApi(stack, { path: '/check' })).toMatchObject({ status: 200, text: 'ok' });
  expect(await callApi(stack, { path: '/apps' })).toMatchObject({
    status: 401,
    text: 'invalid authentication',
  });
  expect((await callApi(stack, { path: '/apps', token: 'wrong' })).status).toBe(401);
  expect((await call({ path: '/system' })).json).toMatchObject({ name: stage, provider: 'aws' });
});

test('has the rights for all that the api group does', async () => {
  const created = await call({ method: 'POST', path: '/apps', body: { name: 'shop' } });
  expect(created).toMatchObject({ status: 200 });
  const changed = await call({
    method: 'PATCH',
    path: '/apps/shop/environment',
    body: { set: { KEY: 'value' } },
  });
  expect(changed).toMatchObject({ status: 200 });
  const { id } = changed.json as { id: string };

  expect((await call({ path: `/apps/shop/releases/${id}` })).json).toMatchObject({
    env: 'KEY=value',
  });
  expect((await call({ path: '/apps/shop/releases' })).status).toBe(200);
  expect(await call({ method: 'POST', path: `/apps/shop/releases/${id}/promote` })).toMatchObject({
    status: 400,
    text: 'can not promote a release with an empty manifest',
  });
  expect(await call({ method: 'POST', path: '/apps/shop/cancel' })).toMatchObject({
    status: 403,
    text: 'app is not updating',
  });
  expect(await call({ method: 'PUT', path: '/apps/shop', body: { lock: false } })).toMatchObject({
    text: 'ok',
  });
});

test('starts a build of a source that was uploaded to its address', async () => {
  await call({ method: 'POST', path: '/apps', body: { name: 'blog' } });
  const content = Buffer.from('no archive');
  const sha256 = createHash('sha256').update(content).digest('hex');
  const upload = { method: 'POST', path: '/apps/blog/uploads', body: { sha256, size: 10 } };
  const { url, headers, object } = (await call(upload)).json;
  const put = await fetch(url, { method: 'PUT', headers, body: content });
  expect(put.status).toBe(200);

  const again = await call(upload);
  const build = await call({ method: 'POST', path: '/apps/blog/builds', body: { url: object } });

  expect(again.json).toEqual({ object, exists: true });
  expect(build.json).toMatchObject({ app: 'blog', status: 'created' });
  await expect(endOfBuild(build.json.id)).resolves.toMatchObject({ status: 'failed' });
  expect((await call({ path: `/apps/blog/builds/${build.json.id}/events` })).status).toBe(200);
  expect((await call({ path: `/apps/blog/builds/${build.json.id}/logs` })).status).toBe(200);
}, 60_000);

test('gives an external build leave to push, and checks what was pushed', async () => {
  await call({ method: 'POST', path: '/apps', body: { name: 'byhand' } });
  const begun = { external: true, 'no-grant': true };
  const { id } = (await call({ method: 'POST', path: '/apps/byhand/builds', body: begun })).json;
  const path = `/apps/byhand/builds/${id}`;
  const grant = (await call({ method: 'POST', path: `${path}/grants` })).json;
  const ecr = new ECRClient(clientSettings(stack.emulator.port));
  const imageManifest = JSON.stringify({ schemaVersion: 2, layers: [] });
  const pushed = { repositoryName: `${stage}/byhand`, imageManifest, imageTag: `web.${id}` };
  const digest = (await ecr.send(new PutImageCommand(pushed))).image?.imageId?.imageDigest;

  const report = { manifest: 'services: {web: {build: .}}', ended: '2026-01-01T00:00:00Z' };
  const wrong = { ...report, images: { web: `sha256:${'0'.repeat(64)}` } };
  const refused = await call({ method: 'PUT', path, body: wrong });
  const checked = await call({ method: 'PUT', path, body: { ...report, images: { web: digest } } });

  expect(grant).toMatchObject({ status: 'active', url: expect.stringMatching(/^https:\/\/AWS:/) });
  expect(refused).toMatchObject({ status: 409, text: expect.stringContaining('was pushed, but') });
  expect(checked).toMatchObject({ status: 200 });
  const { text } = await call({ path: '/apps/byhand/grants' });
  expect(JSON.parse(text)).toMatchObject([{ id: grant.id, build: id, status: 'revoked' }]);
  const { policyText } = await ecr.send(
    new GetRepositoryPolicyCommand({ repositoryName: `${stage}/byhand` })
  );
  expect(policyText).toContain(`*:${id}.${grant.id}`);
}, 60_000);

const endOfBuild = async (id: string) => {
  for (let left = 100; ; left--) {
    const { json } = await call({ path: `/apps/blog/builds/${id}` });
    if (json.ended || left === 0) return json;
    await sleep(300);
  }
};

test('runs the promote machine on the published version of its function', async () => {
  const sfn = new SFNClient(clientSettings(stack.emulator.port));
  const stateMachineArn = `arn:aws:states:us-east-1:000000000000:stateMachine:rackless-${stage}-promote`;
  const { definition = '' } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
  expect(definition).toMatch(/function:rackless-trial-promotion:\d+"/);
  const input = JSON.stringify({ v: 1, app: 'shop', promotion: 'PAAAAAAAAAA', attempt: 1 });

  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input }));

  // Nobody began this promotion: its task finds that out in the table and stops.
  let status: string | undefined = 'RUNNING';
  while (status === 'RUNNING') {
    await sleep(200);
    ({ status } = await sfn.send(new DescribeExecutionCommand({ executionArn })));
  }
  const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  expect(status).toBe('SUCCEEDED');
  expect(events.map((it) => it.stateEnteredEventDetails?.name)).toContain('Superseded');
}, 60_000);

test('forgets an app with the rights of the cluster group, and numbers a new one on', async () => {
  const app = { method: 'POST', path: '/apps', body: { name: 'gone' } };
  const change = { method: 'PATCH', path: '/apps/gone/environment', body: { set: { A: '1' } } };
  await call(app);
  const before = (await call(change)).json.id as string;

  const forgotten = await call({ method: 'DELETE', path: '/apps/gone?forget=true' });

  expect(forgotten).toMatchObject({ status: 200, text: 'ok' });
  expect(await call({ path: '/apps/gone' })).toMatchObject({
    status: 404,
    text: 'app not found: gone',
  });
  await call(app);
  expect(sequenceOf((await call(change)).json.id)).toBeGreaterThan(sequenceOf(before));
});

test('says that there is no kubeconfig yet where one is needed', async () => {
  await call({ method: 'POST', path: '/apps', body: { name: 'idle' } });

  const { status, text } = await call({ path: '/apps/idle/processes' });

  expect([status, text]).toEqual([
    503,
    `the rack has no kubeconfig in secret rackless/${stage}/kubeconfig`,
  ]);
});

test('sweeps with the rights it has', async () => {
  const lambda = new LambdaClient(clientSettings(stack.emulator.port));

  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: `rackless-${stage}-sweep`, Payload: '{}' })
  );

  expect(FunctionError).toBeUndefined();
  expect(JSON.parse(Payload?.transformToString() ?? '')).toEqual({
    recovered: [],
    failed: [],
  });
});

test('lets one function alone delete images', () => {
  const { Resources } = JSON.parse(readFileSync(templateFile(), 'utf8')) as {
    Resources: Record<string, { Type: string }>;
  };

  const may = Object.entries(Resources).filter(
    ([, it]) => it.Type === 'AWS::IAM::Role' && /ecr:(BatchDelete|Delete)/.test(JSON.stringify(it))
  );

  expect(may.map(([name]) => name)).toEqual(['ExpireRole']);
});

test('gives up old releases and what deleted apps have left, with the rights it has', async () => {
  const cluster = await emptyCluster();
  await storeKubeconfig(cluster.url);
  await call({ method: 'POST', path: '/apps', body: { name: 'many' } });
  const builds: string[] = [];
  for (let left = 5; left > 0; left--) builds.push(await externalBuild('many'));
  await call({ method: 'POST', path: '/apps', body: { name: 'user' } });
  await externalBuild('user', `, tool: {image: "${await imageOf('many', builds[0] ?? '')}"}`);
  const removed = await call({ method: 'DELETE', path: '/apps/blog' });

  const sweep = await expireWith({ RETAIN_RELEASES: '2', RETAIN_ACTIVE: '1', RETAIN_HOURS: '0' });
  const again = await expireWith({ RETAIN_RELEASES: '2', RETAIN_ACTIVE: '1', RETAIN_HOURS: '0' });
  cluster.close();

  expect(removed).toMatchObject({ status: 200, text: 'ok' });
  const left = sweep.left.filter((it: { app: string }) => it.app === 'many' || it.app === 'blog');
  expect([left, sweep.gone]).toEqual([[], ['blog']]);
  expect(sweep.apps.find((it: { app: string }) => it.app === 'many').images).toHaveLength(2);
  expect(again).toMatchObject({ gone: [], apps: [] });
  const ecr = new ECRClient(clientSettings(stack.emulator.port));
  const { imageDetails = [] } = await ecr.send(
    new DescribeImagesCommand({ repositoryName: `${stage}/many` })
  );
  // The first is what another app runs.
  expect(new Set(imageDetails.flatMap((it) => it.imageTags))).toEqual(
    new Set([builds[0], ...builds.slice(3)].map((id) => `web.${id}`))
  );
  const { text } = await call({ path: '/apps/many/releases' });
  const releases = JSON.parse(text) as { id: string; build: string; expired?: string }[];
  expect(releases.map((it) => Boolean(it.expired))).toEqual([false, false, true, true, true]);
  const path = `/apps/many/releases/${releases[3]?.id}/promote`;
  expect(await call({ method: 'POST', path })).toMatchObject({
    status: 409,
    text: `release has expired: ${releases[3]?.id}`,
  });
  const release = { build: releases[3]?.build, env: 'A=1' };
  expect(await call({ method: 'POST', path: '/apps/many/releases', body: release })).toMatchObject({
    status: 409,
    text: `build has expired: ${releases[3]?.build}`,
  });
}, 120_000);

test('exports a build and imports it into another app, each step with the rights it has', async () => {
  const cluster = await emptyCluster();
  await storeKubeconfig(cluster.url);
  for (const name of ['leaving', 'arriving']) {
    await call({ method: 'POST', path: '/apps', body: { name } });
  }
  const { id, digest } = await pushedBuild(call, host(), 'leaving');

  const path = `/apps/leaving/builds/${id}/export`;
  await call({ method: 'POST', path });
  const made = await until(
    () => call({ path }),
    ({ json }) => json.status !== 'running'
  );
  expect(made.json).toMatchObject({ status: 'complete', reason: '' });
  const archive = Buffer.from(await (await fetch(made.json.url)).arrayBuffer());
  const object = await sendInOnePiece(call, 'arriving', archive);
  const importing = `/apps/arriving/builds/import?url=${encodeURIComponent(object)}`;
  const begun = await call({ method: 'POST', path: importing });
  const imported = await until(
    () => call({ path: `/apps/arriving/builds/${begun.json.id}` }),
    ({ json }) => Boolean(json.ended)
  );
  cluster.close();

  expect(imported.json).toMatchObject({
    status: 'complete',
    reason: '',
    origin: { rack: stage, app: 'leaving', build: id },
  });
  const ecr = new ECRClient(clientSettings(stack.emulator.port));
  const { imageDetails = [] } = await ecr.send(
    new DescribeImagesCommand({ repositoryName: `${stage}/arriving` })
  );
  expect(imageDetails).toMatchObject([
    { imageDigest: digest, imageTags: [`web.${imported.json.id}`] },
  ]);
}, 120_000);

const host = (): string => `127.0.0.1:${stack.emulator.port}`;

const until = async <Answer>(
  ask: () => Promise<Answer>,
  isDone: (answer: Answer) => boolean
): Promise<Answer> => {
  for (let left = 200; ; left--) {
    const answer = await ask();
    if (isDone(answer) || left === 0) return answer;
    await sleep(300);
  }
};

/** A cluster without a namespace, and so without a copy of an active release. */
const emptyCluster = async () => {
  const none = { kind: 'Status', code: 404, reason: 'NotFound', message: 'none' };
  const list = { apiVersion: 'v1', kind: 'List', metadata: {}, items: [] };
  const server = createServer((request, response) => {
    const isList = /\/(namespaces|secrets)(\?|$)/.test(request.url ?? '');
    response.writeHead(isList ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isList ? list : none));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, close };
};

const storeKubeconfig = async (server: string): Promise<void> => {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'empty',
    clusters: [{ name: 'empty', cluster: { server } }],
    users: [{ name: 'rack', user: { token: 'none' } }],
    contexts: [{ name: 'empty', context: { cluster: 'empty', user: 'rack' } }],
  };
  const secrets = new SecretsManagerClient(clientSettings(stack.emulator.port));
  const secret = { Name: `rackless/${stage}/kubeconfig`, SecretString: JSON.stringify(config) };
  await secrets.send(new CreateSecretCommand(secret)).catch((error: unknown) => {
    if (!(error instanceof ResourceExistsException)) throw error;
    const { Name: SecretId, SecretString } = secret;
    return secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));
  });
};

const imageOf = async (app: string, build: string): Promise<string> => {
  const repositoryName = `${stage}/${app}`;
  const imageIds = [{ imageTag: `web.${build}` }];
  const { imageDetails: [image] = [] } = await new ECRClient(
    clientSettings(stack.emulator.port)
  ).send(new DescribeImagesCommand({ repositoryName, imageIds }));
  return `registry.test/${repositoryName}@${image?.imageDigest}`;
};

/** A build with an image of its own, and its release; `more` services of the manifest. */
const externalBuild = async (app: string, more = ''): Promise<string> => {
  const begun = { external: true, 'no-grant': true };
  const { id } = (await call({ method: 'POST', path: `/apps/${app}/builds`, body: begun })).json;
  const path = `/apps/${app}/builds/${id}`;
  await call({ method: 'POST', path: `${path}/grants` });
  const imageManifest = JSON.stringify({ schemaVersion: 2, layers: [], annotations: { id } });
  const pushed = { repositoryName: `${stage}/${app}`, imageManifest, imageTag: `web.${id}` };
  await new ECRClient(clientSettings(stack.emulator.port)).send(new PutImageCommand(pushed));
  const manifest = `services: {web: {build: .}${more}}`;
  const report = { manifest, ended: '2026-01-01T00:00:00Z' };
  const ended = await call({ method: 'PUT', path, body: report });
  if (ended.status !== 200) throw new Error(ended.text);
  const made = await call({ method: 'POST', path: `/apps/${app}/releases`, body: { build: id } });
  await call({ method: 'PUT', path, body: { release: made.json.id, status: 'complete' } });
  return id;
};

/** Runs the function as its schedule does, deployed with other settings. */
const expireWith = async (settings: Readonly<Record<string, string>>) => {
  const lambda = new LambdaClient(clientSettings(stack.emulator.port));
  const FunctionName = `rackless-${stage}-expire`;
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const Variables = { ...Environment?.Variables, ...settings };
  await lambda.send(
    new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } })
  );
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: '{}' })
  );
  const text = Payload?.transformToString() ?? '';
  if (FunctionError) throw new Error(text);
  return JSON.parse(text);
};
