import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { credentialsFrom } from '#adapters/kubernetes/credentials.ts';
import { UnavailableError } from '#core/errors.ts';

const kubeconfig = (user: object, cluster: object = {}): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'rack',
    contexts: [{ name: 'rack', context: { cluster: 'one', user: 'me' } }],
    clusters: [{ name: 'one', cluster: { server: 'https://k8s.example.com:6443', ...cluster } }],
    users: [{ name: 'me', user }],
  });

const authorizationOf = async (user: object): Promise<string | undefined> =>
  (await credentialsFrom(kubeconfig(user))()).headers['authorization'];

const exec = (command: string, args: readonly string[]): object => ({
  exec: { apiVersion: 'client.authentication.k8s.io/v1beta1', command, args },
});

const saved = { ...process.env };

beforeEach(() => {
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIDEXAMPLE';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
  process.env['AWS_REGION'] = 'eu-west-1';
  delete process.env['AWS_PROFILE'];
  delete process.env['AWS_SESSION_TOKEN'];
});

afterEach(() => {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION', 'AWS_PROFILE']) {
    delete process.env[name];
    if (saved[name] !== undefined) process.env[name] = saved[name];
  }
});

test('speaks to the server with the token of the kubeconfig', async () => {
  const credentials = await credentialsFrom(kubeconfig({ token: 'abc' }))();

  expect(credentials.server).toBe('https://k8s.example.com:6443');
  expect(credentials.headers).toEqual({ authorization: 'Bearer abc' });
});

test('acts as whom the kubeconfig says it acts', async () => {
  const as = 'system:serviceaccount:rackless-system:prod';
  const credentials = await credentialsFrom(kubeconfig({ token: 'abc', as }))();

  expect(credentials.headers).toEqual({ authorization: 'Bearer abc', 'impersonate-user': as });
});

test('takes a user name and password, and a client certificate without a header', async () => {
  const certificate = {
    'client-certificate-data': Buffer.from('cert').toString('base64'),
    'client-key-data': Buffer.from('key').toString('base64'),
  };

  expect(await authorizationOf({ username: 'me', password: 'ä:b' })).toBe(
    `Basic ${Buffer.from('me:ä:b').toString('base64')}`
  );
  expect(await authorizationOf(certificate)).toBeUndefined();
});

test('makes the token of EKS itself, whatever way the options are written', async () => {
  const written = [
    ['eks', 'get-token', '--cluster-name', 'prod', '--region', 'us-east-2'],
    ['--region=us-east-2', 'eks', 'get-token', '--cluster-name=prod', '--output', 'json'],
  ];

  for (const args of written) {
    const header = await authorizationOf(exec('/usr/local/bin/aws', args));
    expect(header).toMatch(/^Bearer k8s-aws-v1\./);
    expect(urlIn(header ?? '').host).toBe('sts.us-east-2.amazonaws.com');
  }
});

const urlIn = (header: string): URL =>
  new URL(Buffer.from(header.replace('Bearer k8s-aws-v1.', ''), 'base64url').toString());

test('uses the region of the function when the entry names none', async () => {
  const header = await authorizationOf(exec('aws', ['eks', 'get-token', '--cluster-name', 'prod']));

  expect(urlIn(header ?? '').host).toBe('sts.eu-west-1.amazonaws.com');
});

test('keeps a token instead of making one for each request', async () => {
  const config = kubeconfig(exec('aws', ['eks', 'get-token', '--cluster-name', 'prod']));
  const credentials = credentialsFrom(config);

  expect((await credentials()).headers).toEqual((await credentials()).headers);
});

test('refuses programs that a function does not have', () => {
  const entries = [
    exec('gke-gcloud-auth-plugin', []),
    exec('kubelogin', ['get-token']),
    exec('aws', ['eks', 'get-token']),
    exec('aws', ['sts', 'get-caller-identity', '--cluster-name', 'prod']),
    exec('notaws', ['eks', 'get-token', '--cluster-name', 'prod']),
  ];

  for (const user of entries) {
    expect(() => credentialsFrom(kubeconfig(user))).toThrow(UnavailableError);
    expect(() => credentialsFrom(kubeconfig(user))).toThrow(/which a function cannot do$/);
  }
});

test('refuses files that stay on somebody’s machine, by name', () => {
  const certificates = {
    'client-certificate': '/home/me/cert.pem',
    'client-key': '/home/me/key.pem',
  };

  expect(() => credentialsFrom(kubeconfig(certificates))).toThrow(
    "the rack's kubeconfig refers to the file /home/me/cert.pem"
  );
  expect(() =>
    credentialsFrom(kubeconfig({ token: 'abc' }, { 'certificate-authority': '/etc/ca.pem' }))
  ).toThrow("the rack's kubeconfig refers to the file /etc/ca.pem");
});

test('refuses what is no kubeconfig, without repeating it', () => {
  for (const text of ['', 'a: [', 'token: s3cret', '{}', '"text"', '[1]']) {
    expect(() => credentialsFrom(text)).toThrow(UnavailableError);
    expect(() => credentialsFrom(text)).toThrow(/^the rack's kubeconfig /);
    expect(() => credentialsFrom(text)).not.toThrow(/s3cret/);
  }
});
