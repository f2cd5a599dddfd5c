import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { KubeConfig } from '@kubernetes/client-node';
import { storeKubeconfig } from '#infra/local/aws/kubeconfig-secret.ts';
import { stage } from '#infra/local/aws/stack.ts';
import { query } from '../../e2e/rack.ts';
import { at, eventually } from '../conformance/conformance-bed.ts';
import { changedKubeconfig, emulatorPort, useKubeconfig } from './rack-kubeconfig.ts';
import { ShopStory } from './shop-story.ts';

jest.setTimeout(200_000);

const account = 'reader';

let story: ShopStory;
/** The rack's own, to be put back. */
let own: KubeConfig;

beforeAll(async () => {
  story = await ShopStory.begin('access');
  const { stderr } = await story.deploy();
  expect(stderr).toBe('');
  own = story.bed.config;
});

const namespace = (): string => `${stage}-${story.app}`;

afterEach(() => useKubeconfig(own.exportConfig()));

afterAll(() => story.end());

const expired = /Unauthorized[\s\S]*kubeconfig is wrong or has expired/;

/** What a person sees of it without a promotion. */
const listed = async (): Promise<string> => {
  const { code, stderr } = await story.tell('ps');
  expect(code).toBe(1);
  return stderr;
};

const tokenOf = async (): Promise<string> => {
  const path = `/api/v1/namespaces/${namespace()}/serviceaccounts`;
  const made = await story.bed.api.call('POST', path, {
    body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account } },
  });
  expect([201, 409]).toContain(made.code);
  const { body } = await story.bed.api.call('POST', `${path}/${account}/token`, {
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  });
  return String(at(body, 'status', 'token'));
};

const removeAccount = () =>
  story.bed.api.call('DELETE', `/api/v1/namespaces/${namespace()}/serviceaccounts/${account}`);

/** Another authority, made on the spot. */
const otherAuthority = (): string => {
  const made = execFileSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-keyout', '/dev/null', '-subj', '/CN=other'],
  ]);
  return made.toString('base64');
};

test('an identity without a permission is named, with the verb and the resource', async () => {
  await useKubeconfig(changedKubeconfig(own, { user: { token: await tokenOf() } }));

  expect(await listed()).toMatch(
    /the rack \(system:serviceaccount:.*:reader\) may not list pods in namespace/
  );
});

test('a revoked token is told from all else', async () => {
  const token = await tokenOf();
  await removeAccount();
  await useKubeconfig(changedKubeconfig(own, { user: { token } }));

  expect(await listed()).toMatch(expired);
});

test('another authority, an address where nobody is, and one that never answers', async () => {
  await useKubeconfig(changedKubeconfig(own, { caData: otherAuthority() }));
  expect(await listed()).toContain('certificate-authority-data');

  await useKubeconfig(changedKubeconfig(own, { server: 'https://127.0.0.1:9' }));
  expect(await listed()).toMatch(/the cluster at https:\/\/127\.0\.0\.1:9 does not answer/);

  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  await useKubeconfig(changedKubeconfig(own, { server: `https://127.0.0.1:${port}` }));
  expect(await listed()).toMatch(/does not answer: Connect Timeout Error/);
  silent.close();
});

test('a text that is no kubeconfig', async () => {
  await useKubeconfig('{ not: [yaml');

  expect(await listed()).toContain("the rack's kubeconfig can't be read");
});

/** Only the test cluster of this machine has its authority's key at hand. */
const pki = join(dirname(process.env['KUBECONFIG'] ?? ''), 'pki');
const ifOwnCluster = existsSync(join(pki, 'ca.key')) ? test : test.skip;

/** For an admin of the cluster, until yesterday. */
const expiredCertificate = (): { readonly certData: string; readonly keyData: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'rackless-expired-'));
  const [key, request] = [join(folder, 'key'), join(folder, 'request')];
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  try {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    openssl('req', ...curve, '-keyout', key, '-out', request, '-subj', '/O=system:masters/CN=late');
    const signer = ['-CA', join(pki, 'ca.crt'), '-CAkey', join(pki, 'ca.key'), '-set_serial', '77'];
    const certificate = openssl('x509', '-req', '-in', request, ...signer, '-days', '-1');
    const keyData = readFileSync(key).toString('base64');
    return { certData: certificate.toString('base64'), keyData };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

ifOwnCluster('a client certificate that has expired', async () => {
  await useKubeconfig(changedKubeconfig(own, { user: expiredCertificate() }));

  expect(await listed()).toMatch(expired);
});

test('a promotion waits with the reason in its story, and goes on with a new kubeconfig', async () => {
  const token = await tokenOf();
  await removeAccount();
  await story.tell('env set NEW=1');
  const release = await story.latestRelease();
  await useKubeconfig(changedKubeconfig(own, { user: { token } }));
  const promoting = story.tell(`releases promote ${release}`);
  await eventually(
    () => query<{ status: string }>(`apps info ${story.app}`),
    ({ status }) => status === 'waiting'
  );

  await storeKubeconfig(emulatorPort(), own.exportConfig());
  const { code, stdout } = await promoting;

  expect(stdout).toMatch(
    /refuses the rack \(Unauthorized\): waiting until its credentials are mended/
  );
  expect([code, await story.activeRelease()]).toEqual([0, release]);
});
