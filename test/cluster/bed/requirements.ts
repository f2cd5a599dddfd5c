import { existsSync } from 'node:fs';
import process from 'node:process';
import { PlaneError } from '#infra/local/plane/plane-error.ts';
import { isInstalled, runProgram } from './run-program.ts';

/** Program, and the Debian package that brings it. */
const programs: readonly (readonly [string, string])[] = [
  ['etcd', 'etcd-server'],
  ['containerd', 'containerd'],
  ['runc', 'runc'],
  ['docker-registry', 'docker-registry'],
  ['skopeo', 'skopeo'],
  ['iptables', 'iptables'],
  ['conntrack', 'conntrack'],
  ['ip', 'iproute2'],
  ['openssl', 'openssl'],
];

export const cniFolder = '/usr/lib/cni';
export const staticBusybox = '/bin/busybox';

const missingPackages = (): readonly string[] => [
  ...programs.filter(([program]) => !isInstalled(program)).map(([, name]) => name),
  ...(existsSync(`${cniFolder}/bridge`) ? [] : ['containernetworking-plugins']),
  ...(hasStaticBusybox() ? [] : ['busybox-static']),
];

const hasStaticBusybox = (): boolean =>
  existsSync(staticBusybox) && runProgram('ldd', [staticBusybox], { mayFail: true }).trim() === '';

/** Why this machine can't have the cluster; undefined when it can. */
export const obstacle = (binary: string): string | undefined => {
  if (process.platform !== 'linux') return `it needs Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'it needs root: containers, cgroups and a pod network';
  const missing = missingPackages();
  if (missing.length > 0 && !isInstalled('apt-get')) {
    return `missing: ${missing.join(', ')}, and there is no apt-get to install them`;
  }
  if (existsSync(binary) || isInstalled('go')) return undefined;
  return 'Kubernetes has to be built once, and there is no Go (1.24 or newer)';
};

/** Throws what is missing, and what to use instead. */
export const requireMachine = (binary: string): void => {
  const reason = obstacle(binary);
  if (reason === undefined) return;
  throw new PlaneError(`this machine cannot have the test cluster: ${reason}`, {
    hint: 'any other cluster does as well: KUBECONFIG=FILE REGISTRY=HOST:PORT CONFORMANCE_IMAGE=IMAGE npm run test:cluster',
  });
};

export const installPackages = (progress: (line: string) => void): void => {
  const missing = missingPackages();
  if (missing.length === 0) return;
  progress(`installing ${missing.join(', ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  runProgram('apt-get', ['update', '-q'], { env, mayFail: true });
  runProgram('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...missing], { env });
};
