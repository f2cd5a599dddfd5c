import { createHash, createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eksToken } from '#adapters/kubernetes/eks-token.ts';

const secretKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE'];
const saved = { ...process.env };

beforeEach(() => {
  for (const name of names) delete process.env[name];
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIDEXAMPLE';
  process.env['AWS_SECRET_ACCESS_KEY'] = secretKey;
});

afterEach(() => {
  for (const name of names) {
    delete process.env[name];
    if (saved[name] !== undefined) process.env[name] = saved[name];
  }
});

const cluster = { name: 'prod', region: 'eu-central-1', role: undefined };

const urlIn = (token: string): URL =>
  new URL(Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString());

const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest();

/** Signature version 4 as its documentation writes it down, independent of the SDK. */
const signatureOf = (url: URL, headers: Readonly<Record<string, string>>): string => {
  const escaped = (text: string): string =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (it) => `%${it.charCodeAt(0).toString(16).toUpperCase()}`
    );
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort((one, other) => (one < other ? -1 : 1))
    .join('&');
  const sorted = Object.entries(headers).sort(([one], [other]) => (one < other ? -1 : 1));
  const canonical = [
    'GET',
    '/',
    query,
    ...sorted.map(([name, value]) => `${name}:${value}`),
    '',
    sorted.map(([name]) => name).join(';'),
    createHash('sha256').update('').digest('hex'),
  ].join('\n');
  const date = url.searchParams.get('X-Amz-Date') ?? '';
  const scope = `${date.slice(0, 8)}/eu-central-1/sts/aws4_request`;
  const digest = createHash('sha256').update(canonical).digest('hex');
  const key = [date.slice(0, 8), 'eu-central-1', 'sts', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${secretKey}`
  );
  return hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${digest}`).toString('hex');
};

test('is a request to STS that is signed for one cluster and 60 seconds', async () => {
  const token = await eksToken(cluster);
  const url = urlIn(token);

  expect(token).toMatch(/^k8s-aws-v1\.[\w-]+$/);
  expect(url.origin + url.pathname).toBe('https://sts.eu-central-1.amazonaws.com/');
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    Action: 'GetCallerIdentity',
    Version: '2011-06-15',
    'X-Amz-Expires': '60',
    'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
    'X-Amz-Credential': expect.stringMatching(
      /^AKIDEXAMPLE\/\d{8}\/eu-central-1\/sts\/aws4_request$/
    ),
  });
  expect(url.searchParams.has('x-k8s-aws-id')).toBe(false);
});

test('carries the signature that STS will compute', async () => {
  const url = urlIn(await eksToken(cluster));
  const sent = (name: string) => signatureOf(url, { host: url.host, 'x-k8s-aws-id': name });

  expect(url.searchParams.get('X-Amz-Signature')).toBe(sent('prod'));
  expect(url.searchParams.get('X-Amz-Signature')).not.toBe(sent('stage'));
});

test('signs the session of a role along', async () => {
  process.env['AWS_SESSION_TOKEN'] = 'IQoJ/b3+JpZ2luX2Vj==';
  const url = urlIn(await eksToken(cluster));

  expect(url.searchParams.get('X-Amz-Security-Token')).toBe('IQoJ/b3+JpZ2luX2Vj==');
  expect(url.searchParams.get('X-Amz-Signature')).toBe(
    signatureOf(url, { host: url.host, 'x-k8s-aws-id': 'prod' })
  );
});

test('asks STS where it is in China', async () => {
  const url = urlIn(await eksToken({ ...cluster, region: 'cn-north-1' }));

  expect(url.host).toBe('sts.cn-north-1.amazonaws.com.cn');
});
