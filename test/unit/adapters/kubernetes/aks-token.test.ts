import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { credentialsFrom } from '#adapters/kubernetes/credentials.ts';
import { type AzureBed, openAzureBed, setUp } from '#test/fakes/microsoft/azure-bed.ts';
import { aksServer } from '#test/fakes/microsoft/start-microsoft.ts';

let bed: AzureBed;
const saved = { ...process.env };
const own = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_REGION: 'eu-west-1',
  AWS_MAX_ATTEMPTS: '1',
  AWS_ENDPOINT_URL_STS: '',
};

beforeAll(async () => {
  bed = await openAzureBed(Date.now);
});

afterAll(async () => bed.close());

beforeEach(() => {
  setUp(bed);
  Object.assign(process.env, own, { AWS_ENDPOINT_URL_STS: bed.issuer.url });
});

afterEach(() => {
  for (const name of Object.keys(own)) {
    delete process.env[name];
    if (saved[name] !== undefined) process.env[name] = saved[name];
  }
});

const kubeconfig = (exec: object): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'rack',
    contexts: [{ name: 'rack', context: { cluster: 'one', user: 'me' } }],
    clusters: [{ name: 'one', cluster: { server: 'https://acme.hcp.westeurope.azmk8s.io:443' } }],
    users: [
      {
        name: 'me',
        user: { exec: { apiVersion: 'client.authentication.k8s.io/v1beta1', ...exec } },
      },
    ],
  });

const authorizationOf = async (exec: object): Promise<string> =>
  (await credentialsFrom(kubeconfig(exec))()).headers['authorization'] ?? '';

/** As `kubelogin convert-kubeconfig -l workloadidentity` writes it. */
const workloadIdentity = (options: Readonly<Record<string, string>> = {}): string[] => {
  const { directory, cloud } = bed.microsoft;
  const own = {
    login: 'workloadidentity',
    'server-id': aksServer,
    'client-id': directory.identity.client,
    'tenant-id': directory.tenant,
    'authority-host': `${cloud.authority}/`,
    ...options,
  };
  return ['get-token', ...Object.entries(own).flatMap(([name, it]) => [`--${name}`, it])];
};

const claimsOf = (header: string) =>
  bed.microsoft.directory.accepted(header.replace('Bearer ', ''));

test.each(['kubelogin', '/usr/local/bin/kubelogin', 'azurekubelogin', 'kubelogin.exe'])(
  'makes the token that %s would print, by what AWS says of the role',
  async (command) => {
    const header = await authorizationOf({ command, args: workloadIdentity() });

    expect(claimsOf(header)).toMatchObject({ aud: aksServer });
  }
);

test('takes the ids from the environment of the entry too, and options with =', async () => {
  const { directory, cloud } = bed.microsoft;
  const env = [
    { name: 'AZURE_CLIENT_ID', value: directory.identity.client },
    { name: 'AZURE_TENANT_ID', value: directory.tenant },
    { name: 'AZURE_AUTHORITY_HOST', value: cloud.authority },
  ];
  const args = ['get-token', '-l', 'workloadidentity', `--server-id=${aksServer}`];

  const header = await authorizationOf({ command: 'kubelogin', args, env });

  expect(claimsOf(header)).toMatchObject({ aud: aksServer });
});

test('keeps the token instead of asking for each request', async () => {
  const credentials = credentialsFrom(
    kubeconfig({ command: 'kubelogin', args: workloadIdentity() })
  );

  expect((await credentials()).headers).toEqual((await credentials()).headers);
});

test('another role gets none, and learns which credential is missing', async () => {
  bed.issuer.roleArn = 'arn:aws:iam::123456789012:role/other';

  await expect(
    authorizationOf({ command: 'kubelogin', args: workloadIdentity() })
  ).rejects.toMatchObject({
    name: 'UnavailableError',
    message: expect.stringContaining('AADSTS700213'),
    hint: expect.stringContaining('subject arn:aws:iam::123456789012:role/other'),
  });
});

test('says what to run for an entry that needs a person or names no identity', () => {
  const entries = [
    workloadIdentity({ login: 'devicecode', 'client-id': '80faf920-1908-4b52-b5ef-a8e7bedfc67a' }),
    ['get-token', '--login', 'azurecli', '--server-id', aksServer],
    ['get-token', '--login', 'msi', '--client-id', 'a', '--tenant-id', 'b'],
    ['convert-kubeconfig', '--server-id', aksServer, '--client-id', 'a', '--tenant-id', 'b'],
  ];

  for (const args of entries) {
    expect(() => credentialsFrom(kubeconfig({ command: 'kubelogin', args }))).toThrow(
      expect.objectContaining({
        name: 'UnavailableError',
        hint: expect.stringContaining('kubelogin convert-kubeconfig -l workloadidentity'),
      })
    );
  }
});

test('refuses a cloud that it does not know', () => {
  const args = workloadIdentity({ environment: 'AzureMoonCloud' });

  expect(() => credentialsFrom(kubeconfig({ command: 'kubelogin', args }))).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('AzureMoonCloud is not known') })
  );
});
