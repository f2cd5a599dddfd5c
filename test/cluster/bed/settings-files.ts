import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Place } from './place.ts';
import { cniFolder } from './requirements.ts';

export interface Ports {
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly api: number;
  readonly kubelet: number;
  readonly registry: number;
  /** kube-proxy's own, for its metrics: it takes no 0. */
  readonly proxy: number;
}

export const bridge = 'rackless0';
export const podRange = '10.244.77.0/24';
/** Of this machine, on the bridge: where a pod reaches what listens there. */
export const podGateway = '10.244.77.1';
export const serviceRange = '10.97.77.0/24';
export const networkName = 'rackless-test';
export const pauseImage = 'bed/pause:1';

/** Writes what the parts read when they start. */
export const writeSettings = (place: Place, ports: Ports): void => {
  const users = ['admin', 'controller-manager', 'scheduler', 'kubelet', 'proxy'];
  for (const user of users) {
    const file = user === 'admin' ? place.kubeconfig : configOf(place, `${user}.kubeconfig`);
    writeFileSync(file, kubeconfig(place, user, ports.api), { mode: 0o600 });
  }
  mkdirSync(configOf(place, 'cni'), { recursive: true });
  mkdirSync(configOf(place, registries), { recursive: true });
  writeFileSync(configOf(place, 'cni/10-bridge.conflist'), JSON.stringify(network(place)));
  writeFileSync(configOf(place, 'containerd.toml'), containerd(place, ports.registry));
  writeFileSync(configOf(place, 'kubelet.yml'), stringify(kubelet(place, ports.kubelet)));
  writeFileSync(configOf(place, 'proxy.yml'), stringify(proxy(place, ports.proxy)));
  writeFileSync(configOf(place, 'registry.yml'), stringify(registry(place, ports.registry)));
};

export const configOf = (place: Place, name: string): string => join(place.config, name);

const kubeconfig = (place: Place, user: string, port: number): string => {
  const base64 = (name: string) => readFileSync(join(place.pki, name)).toString('base64');
  const cluster = {
    server: `https://127.0.0.1:${port}`,
    'certificate-authority-data': base64('ca.crt'),
  };
  const credentials = {
    'client-certificate-data': base64(`${user}.crt`),
    'client-key-data': base64(`${user}.key`),
  };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'bed', cluster }],
    users: [{ name: user, user: credentials }],
    contexts: [{ name: 'bed', context: { cluster: 'bed', user } }],
    'current-context': 'bed',
  });
};

const network = (place: Place) => ({
  cniVersion: '0.4.0',
  name: networkName,
  plugins: [
    {
      type: 'bridge',
      bridge,
      isGateway: true,
      hairpinMode: true,
      ipam: {
        type: 'host-local',
        dataDir: join(place.data, 'cni'),
        ranges: [[{ subnet: podRange }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
  ],
});

/** A machine without CAP_SYS_RESOURCE can't lower oom_score_adj; AppArmor may be absent or closed. */
const containerd = (place: Place, port: number): string => `version = 2
root = "${place.data}/containerd"
state = "${place.run}/containerd"
[grpc]
  address = "${place.run}/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  disable_apparmor = true
  netns_mounts_under_state_dir = true
  sandbox_image = "127.0.0.1:${port}/${pauseImage}"
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "${cniFolder}"
  conf_dir = "${configOf(place, 'cni')}"
[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "overlayfs"
[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "${configOf(place, registries)}"
`;

/** A folder for each registry that is not on the loopback; see trust-registry.ts. */
export const registries = 'registries';

const kubelet = (place: Place, port: number) => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  address: '127.0.0.1',
  port,
  healthzPort: 0,
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: join(place.pki, 'ca.crt') },
  },
  tlsCertFile: join(place.pki, 'kubelet.crt'),
  tlsPrivateKeyFile: join(place.pki, 'kubelet.key'),
  // Nobody answers there; without it, the kubelet complains on every pod.
  clusterDNS: [podGateway],
  cgroupDriver: 'cgroupfs',
  cgroupRoot: `/${place.cgroup}`,
  containerRuntimeEndpoint: `unix://${place.run}/containerd.sock`,
  podLogsDir: join(place.data, 'pod-logs'),
  failSwapOn: false,
  oomScoreAdj: 0,
  imageGCHighThresholdPercent: 100,
  evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
});

const proxy = (place: Place, port: number) => ({
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  mode: 'iptables',
  clientConnection: { kubeconfig: configOf(place, 'proxy.kubeconfig') },
  clusterCIDR: podRange,
  hostnameOverride: 'localhost',
  healthzBindAddress: '',
  metricsBindAddress: `127.0.0.1:${port}`,
  conntrack: { maxPerCore: 0 },
  iptables: { localhostNodePorts: false },
});

const registry = (place: Place, port: number) => ({
  version: 0.1,
  log: { level: 'warn' },
  storage: {
    filesystem: { rootdirectory: join(place.data, 'registry') },
    delete: { enabled: true },
  },
  http: { addr: `127.0.0.1:${port}` },
});
