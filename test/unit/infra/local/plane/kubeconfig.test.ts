import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import { namedKubeconfig, portableKubeconfig } from '#infra/local/plane/kubeconfig.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rackless kubeconfig-'));
});

const write = (content: string): string => {
  const file = join(folder, 'config');
  writeFileSync(file, content);
  return file;
};

const twoClusters = `
apiVersion: v1
kind: Config
current-context: here
clusters:
- { name: here, cluster: { server: 'https://10.0.0.1:6443', certificate-authority: ca.crt } }
- { name: other, cluster: { server: 'https://10.0.0.2:6443' } }
users:
- { name: me, user: { client-certificate: me.crt, client-key: me.key } }
- { name: secret, user: { token: not-for-the-rack } }
contexts:
- { name: here, context: { cluster: here, user: me } }
- { name: other, context: { cluster: other, user: secret } }
`;

test('carries the files that it points to', () => {
  writeFileSync(join(folder, 'ca.crt'), 'the authority');
  writeFileSync(join(folder, 'me.crt'), 'the certificate');
  writeFileSync(join(folder, 'me.key'), 'the key');
  const portable = new KubeConfig();

  portable.loadFromString(portableKubeconfig(write(twoClusters)));

  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  expect(portable.getCurrentCluster()).toMatchObject({
    server: 'https://10.0.0.1:6443',
    caData: base64('the authority'),
  });
  expect(portable.getCurrentUser()).toMatchObject({
    certData: base64('the certificate'),
    keyData: base64('the key'),
  });
});

test('leaves out what does not belong to the current context', () => {
  for (const name of ['ca.crt', 'me.crt', 'me.key']) writeFileSync(join(folder, name), 'x');

  expect(portableKubeconfig(write(twoClusters))).not.toContain('not-for-the-rack');
});

test('says what is wrong with a file that is no kubeconfig', () => {
  expect(() => portableKubeconfig(write('clusters: ['))).toThrow(/^cannot read the kubeconfig/);
  expect(() => portableKubeconfig(write('kind: Config'))).toThrow(/no usable current context/);
});

test('a named file must be there', () => {
  expect(namedKubeconfig(undefined)).toBeUndefined();
  expect(namedKubeconfig('')).toBeUndefined();
  expect(() => namedKubeconfig(join(folder, 'none'))).toThrow(/^there is no kubeconfig/);
});
