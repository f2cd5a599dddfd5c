import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { openCluster } from '#adapters/kubernetes/open-cluster.ts';

const folder = mkdtempSync(join(tmpdir(), 'rackless-bad-cluster-'));

/** A key and a certificate that vouches for itself. */
const certificate = (name: string): { readonly key: string; readonly cert: string } => {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const names = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', ...made, '-keyout', key, '-out', cert, ...names], {
    stdio: 'ignore',
  });
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
};

const [own, other] = [certificate('own'), certificate('other')];

const unauthorized = {
  kind: 'Status',
  reason: 'Unauthorized',
  message: 'Unauthorized',
  code: 401,
};

/** An API server that knows nobody, as one does for an expired token or client certificate. */
const server = createServer(own, (_, response) => {
  response.writeHead(401, { 'content-type': 'application/json' });
  response.end(JSON.stringify(unauthorized));
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const here = (): string => `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

const kubeconfig = (address: string, authority: string, changes: object = {}): string =>
  stringify({
    'current-context': 'rack',
    contexts: [{ name: 'rack', context: { cluster: 'one', user: 'me' } }],
    clusters: [
      {
        name: 'one',
        cluster: {
          server: address,
          'certificate-authority-data': Buffer.from(authority).toString('base64'),
        },
      },
    ],
    users: [{ name: 'me', user: { token: 'abc' } }],
    ...changes,
  });

const read = (text: string) => openCluster(async () => text).get('Namespace', undefined, 'default');

test('an expired token or certificate says what to replace', async () => {
  await expect(read(kubeconfig(here(), own.cert))).rejects.toMatchObject({
    kind: 'unavailable',
    status: 401,
    message: 'Unauthorized',
    hint: "the rack's kubeconfig is wrong or has expired: replace its secret",
  });
});

test('a server of another authority is not spoken to', async () => {
  await expect(read(kubeconfig(here(), other.cert))).rejects.toMatchObject({
    kind: 'unavailable',
    message: expect.stringMatching(/does not answer: .*(certificate|self.signed)/),
    hint: expect.stringContaining('certificate-authority-data'),
  });
});

test('a name that nobody knows says so', async () => {
  await expect(read(kubeconfig('https://cluster.invalid:6443', own.cert))).rejects.toMatchObject({
    kind: 'unavailable',
    message: expect.stringMatching(
      /^the cluster at https:\/\/cluster\.invalid:6443 does not answer/
    ),
    hint: "check the server's name in the rack's kubeconfig",
  });
});

test('nobody at that address', async () => {
  const gone = createServer().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const { port } = gone.address() as AddressInfo;
  gone.close();
  await once(gone, 'close');

  await expect(read(kubeconfig(`https://127.0.0.1:${port}`, own.cert))).rejects.toMatchObject({
    kind: 'unavailable',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

const one = { name: 'one', cluster: { server: 'https://127.0.0.1:1' } };

test.each([
  ['is no YAML', '{ not: [yaml', "can't be read"],
  ['is no kubeconfig', 'hello', "can't be read|has no current context"],
  ['is empty', '', "can't be read|has no current context"],
  [
    'has no current context',
    kubeconfig('https://h', '', { 'current-context': '' }),
    'has no current context',
  ],
  [
    'has a context without its cluster',
    kubeconfig('https://h', '', { clusters: [] }),
    'has no current context, or one without a cluster',
  ],
  ['has a context without its user', kubeconfig('https://h', '', { users: [] }), 'has no user me'],
  [
    'runs a program',
    kubeconfig('https://h', '', {
      clusters: [one],
      users: [
        { name: 'me', user: { exec: { command: '/usr/bin/kubelogin', args: ['get-token'] } } },
      ],
    }),
    'runs /usr/bin/kubelogin, which a function cannot do',
  ],
])('a kubeconfig that %s is named as the reason, with the next step', async (_, text, message) => {
  await expect(read(text)).rejects.toMatchObject({
    kind: 'unavailable',
    message: expect.stringMatching(new RegExp(message)),
    hint: expect.any(String),
  });
});
