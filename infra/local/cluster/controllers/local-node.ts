import { arch, availableParallelism, totalmem } from 'node:os';
import { kubernetesVersion } from '../api/discovery.ts';
import { timestamp } from '../timestamp.ts';
import type { Node } from '../wire.ts';

/** The one node, which is this machine. */
export const nodeName = 'local';

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
const architecture = architectures[arch()] ?? arch();

/** Processes share the machine's processors freely, so what pods ask for may exceed them somewhat. */
const overcommit = 8;

const resources = (): Record<string, string> => ({
  cpu: `${availableParallelism() * overcommit}`,
  memory: `${Math.floor(totalmem() / 1024)}Ki`,
  pods: '500',
});

export const localNode = (now: Date): Node => {
  const time = String(timestamp(now));
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: nodeName,
      labels: {
        'kubernetes.io/hostname': nodeName,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': architecture,
      },
    },
    spec: {},
    status: {
      capacity: resources(),
      allocatable: resources(),
      addresses: [
        { type: 'InternalIP', address: '127.0.0.1' },
        { type: 'Hostname', address: nodeName },
      ],
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'the embedded cluster runs pods as processes of this machine',
          lastHeartbeatTime: time,
          lastTransitionTime: time,
        },
      ],
      nodeInfo: {
        architecture,
        operatingSystem: 'linux',
        kubeletVersion: kubernetesVersion,
        kubeProxyVersion: kubernetesVersion,
        containerRuntimeVersion: 'process://1',
        kernelVersion: '',
        osImage: '',
        machineID: '',
        systemUUID: '',
        bootID: '',
      },
    },
  };
};
