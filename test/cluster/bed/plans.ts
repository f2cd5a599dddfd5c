import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { PartPlan } from './part.ts';
import type { Place } from './place.ts';
import { configOf, type Ports, podRange, serviceRange } from './settings-files.ts';

const answers = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
};

/** The answer of the API server to its admin; undefined when there is none. */
export const askApi = (place: Place, port: number, path: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const [ca, cert, key] = ['ca.crt', 'admin.crt', 'admin.key'].map((name) =>
      readFileSync(join(place.pki, name))
    );
    request({ host: '127.0.0.1', port, path, ca, cert, key, agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve(response.statusCode === 200 ? Buffer.concat(chunks).toString() : undefined);
    })
      .once('error', () => resolve(undefined))
      .end();
  });

/** The registry comes first: the images of the cluster itself are put into it. */
export const registryPlan = (place: Place, ports: Ports): PartPlan => ({
  name: 'registry',
  command: 'docker-registry',
  args: ['serve', configOf(place, 'registry.yml')],
  isReady: () => answers(`http://127.0.0.1:${ports.registry}/v2/`),
});

export const clusterPlans = (place: Place, ports: Ports): readonly PartPlan[] => [
  etcdPlan(place, ports),
  apiPlan(place, ports),
  controllersPlan(place),
  {
    name: 'scheduler',
    command: place.binary,
    args: ['kube-scheduler', ...loopback(configOf(place, 'scheduler.kubeconfig'))],
    isReady: () => true,
  },
  {
    name: 'containerd',
    command: 'containerd',
    args: ['--config', configOf(place, 'containerd.toml')],
    isReady: () => logHas(place, 'containerd', 'containerd successfully booted'),
  },
  kubeletPlan(place, ports),
  {
    name: 'proxy',
    command: place.binary,
    args: ['kube-proxy', `--config=${configOf(place, 'proxy.yml')}`],
    isReady: () => answers(`http://127.0.0.1:${ports.proxy}/proxyMode`),
  },
];

const loopback = (kubeconfig: string): readonly string[] => [
  `--kubeconfig=${kubeconfig}`,
  '--leader-elect=false',
  '--secure-port=0',
];

const logHas = (place: Place, name: string, text: string): boolean =>
  readFileSync(join(place.logs, `${name}.log`), 'utf8').includes(text);

const etcdPlan = (place: Place, { etcd, etcdPeer }: Ports): PartPlan => {
  const [client, peer] = [`http://127.0.0.1:${etcd}`, `http://127.0.0.1:${etcdPeer}`];
  return {
    name: 'etcd',
    command: 'etcd',
    args: [
      `--data-dir=${join(place.data, 'etcd')}`,
      '--unsafe-no-fsync',
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
    ],
    isReady: () => answers(`${client}/health`),
  };
};

const apiPlan = (place: Place, ports: Ports): PartPlan => {
  const pki = (name: string) => join(place.pki, name);
  return {
    name: 'apiserver',
    command: place.binary,
    args: [
      'kube-apiserver',
      `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
      '--bind-address=127.0.0.1',
      `--advertise-address=${nodeAddress()}`,
      // It listens on the loopback only, so there is no endpoint for pods.
      '--endpoint-reconciler-type=none',
      `--secure-port=${ports.api}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      '--allow-privileged=true',
      `--client-ca-file=${pki('ca.crt')}`,
      `--tls-cert-file=${pki('apiserver.crt')}`,
      `--tls-private-key-file=${pki('apiserver.key')}`,
      `--kubelet-client-certificate=${pki('kubelet-client.crt')}`,
      `--kubelet-client-key=${pki('kubelet-client.key')}`,
      `--kubelet-certificate-authority=${pki('ca.crt')}`,
      '--kubelet-preferred-address-types=Hostname',
      `--service-account-key-file=${pki('service-accounts.key')}`,
      `--service-account-signing-key-file=${pki('service-accounts.key')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-cluster-ip-range=${serviceRange}`,
    ],
    isReady: async () => (await askApi(place, ports.api, '/readyz')) !== undefined,
  };
};

const controllersPlan = (place: Place): PartPlan => ({
  name: 'controller-manager',
  command: place.binary,
  args: [
    'kube-controller-manager',
    ...loopback(configOf(place, 'controller-manager.kubeconfig')),
    '--use-service-account-credentials',
    `--service-account-private-key-file=${join(place.pki, 'service-accounts.key')}`,
    `--root-ca-file=${join(place.pki, 'ca.crt')}`,
    `--cluster-cidr=${podRange}`,
  ],
  isReady: () => true,
});

const kubeletPlan = (place: Place, { api }: Ports): PartPlan => ({
  name: 'kubelet',
  command: place.binary,
  args: [
    'kubelet',
    `--config=${configOf(place, 'kubelet.yml')}`,
    `--kubeconfig=${configOf(place, 'kubelet.kubeconfig')}`,
    `--root-dir=${join(place.data, 'kubelet')}`,
    // So that logs and exec find it.
    '--hostname-override=localhost',
    `--node-ip=${nodeAddress()}`,
  ],
  isReady: async () => {
    const node = await askApi(place, api, '/api/v1/nodes/localhost');
    return /"type": ?"Ready",\s*"status": ?"True"/.test(node ?? '');
  },
});

/** A node needs an address, and the loopback is refused. */
const nodeAddress = (): string => {
  const addresses = Object.values(networkInterfaces()).flatMap((it) => it ?? []);
  return addresses.find((it) => it.family === 'IPv4' && !it.internal)?.address ?? '10.244.77.1';
};
