import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

interface Identity {
  readonly file: string;
  /** As RBAC reads it: CN is the user, O the group. */
  readonly subject: string;
}

const identities: readonly Identity[] = [
  { file: 'apiserver', subject: '/CN=kube-apiserver' },
  { file: 'admin', subject: '/O=system:masters/CN=admin' },
  { file: 'kubelet-client', subject: '/O=system:masters/CN=kube-apiserver-kubelet-client' },
  { file: 'controller-manager', subject: '/CN=system:kube-controller-manager' },
  { file: 'scheduler', subject: '/CN=system:kube-scheduler' },
  { file: 'kubelet', subject: '/O=system:nodes/CN=system:node:localhost' },
  { file: 'proxy', subject: '/CN=system:kube-proxy' },
];

const names = 'DNS:localhost,IP:127.0.0.1,DNS:kubernetes.default.svc,DNS:kubernetes';

/** A CA of the cluster's own and what it signs; the folder goes with the cluster. */
export const makeCertificates = (folder: string): void => {
  const openssl = (...args: readonly string[]) => runProgram('openssl', args, { cwd: folder });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const ca = ['-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=rackless-test'];
  openssl('req', '-x509', ...key, '-days', '30', ...ca);
  const extensions = join(folder, 'extensions');
  writeFileSync(
    extensions,
    `subjectAltName=${names}\nextendedKeyUsage=serverAuth,clientAuth\nkeyUsage=digitalSignature\n`
  );
  for (const { file, subject } of identities) {
    openssl('req', ...key, '-keyout', `${file}.key`, '-out', `${file}.csr`, '-subj', subject);
    const signing = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '30'];
    const files = ['-in', `${file}.csr`, '-out', `${file}.crt`, '-extfile', extensions];
    openssl('x509', '-req', ...files, ...signing);
    rmSync(join(folder, `${file}.csr`));
  }
  openssl('genrsa', '-out', 'service-accounts.key', '2048');
};
