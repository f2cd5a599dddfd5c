import { setTimeout as delay } from 'node:timers/promises';
import { manifest, named, patched, size, web } from '../manifests.ts';
import type { RecordingBed } from '../recording-bed.ts';
import type { Scenario } from '../scenario.ts';

const two = size(2);
const before = manifest(web('', two));
const next = manifest(web('true;', two));
const slow = named('slow', 'sleep 75; echo ok > /tmp/index.html; exec httpd -f -p 3000 -h /tmp', [
  'port: 3000',
  'health: {path: /, interval: 1, timeout: 1, grace: 90}',
]);
const farNode = 'recording-far';

/** What the cluster itself refuses or loses. */
export const crowded: Readonly<Record<string, Scenario>> = {
  quota: {
    note: 'A ResourceQuota allows two pods, which the release before has taken.',
    before,
    manifest: next,
    prepare: async (bed) => {
      bed.kubectl(['create', 'quota', 'pods', '--hard=pods=2']);
      await delay(2_000);
    },
  },
  refused: {
    note: 'A ValidatingAdmissionPolicy refuses the new pods.',
    before,
    manifest: manifest(web('true;', two, 'labels: {tier: forbidden}')),
    prepare: refuseTier,
  },
  unschedulable: {
    note: 'Each process asks for 900 processors.',
    before,
    manifest: manifest(web('true;', 'scale: {count: 2, cpu: 900000, memory: 16}')),
  },
  'node-gone': {
    note:
      'One of two new processes runs on a node that is an object without a machine: its pod is said to run and be ' +
      'by status updates, and its heartbeat ends after 10 s. The controllers then find it gone and replace the ' +
      'process, which bears that for 5 s instead of 300. The other service answers after 75 s.',
    manifest: manifest(web(''), slow),
    patch: (deployment) => (deployment.metadata.name === 'web' ? farAway(deployment) : deployment),
    prepare: addFarNode,
    during: loseFarNode,
  },
};

async function refuseTier(bed: RecordingBed): Promise<void> {
  const metadata = { name: bed.namespace };
  bed.undo.push(() =>
    bed.kubectl([
      ...['delete', '--ignore-not-found', `validatingadmissionpolicy/${bed.namespace}`],
      `validatingadmissionpolicybinding/${bed.namespace}`,
    ])
  );
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const names = { 'kubernetes.io/metadata.name': bed.namespace };
  bed.kubectl(
    ['apply', '-f', '-'],
    {
      ...{ apiVersion, kind: 'ValidatingAdmissionPolicy', metadata },
      spec: {
        matchConstraints: {
          namespaceSelector: { matchLabels: names },
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
          ],
        },
        validations: [
          {
            expression: '!("tier" in object.metadata.labels)',
            message: 'pods of this tier are not let in',
          },
        ],
      },
    },
    {
      ...{ apiVersion, kind: 'ValidatingAdmissionPolicyBinding', metadata },
      spec: { policyName: bed.namespace, validationActions: ['Deny'] },
    }
  );
  await delay(5_000);
}

const guard = { key: farNode, value: 'true', effect: 'NoSchedule' };
const lost = { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 };

/** To the far node while it is there. */
const farAway = patched({
  tolerations: [
    { ...guard, operator: 'Equal' },
    ...['node.kubernetes.io/unreachable', 'node.kubernetes.io/not-ready'].map((key) => ({
      key,
      ...lost,
    })),
  ],
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          preference: { matchExpressions: [{ key: farNode, operator: 'Exists' }] },
        },
      ],
    },
  },
});

const farSize = { cpu: '4', memory: '4Gi', pods: '10' };

/** Only pods that bear its taint get there. */
async function addFarNode(bed: RecordingBed): Promise<void> {
  bed.undo.push(() => bed.kubectl(['delete', 'node', farNode, '--ignore-not-found']));
  bed.kubectl(['apply', '-f', '-'], {
    ...{ apiVersion: 'v1', kind: 'Node' },
    metadata: { name: farNode, labels: { [farNode]: 'true', 'kubernetes.io/hostname': farNode } },
    spec: { taints: [guard] },
  });
  beat(bed);
  await delay(2_000);
}

const beat = (bed: RecordingBed): void => {
  const now = new Date().toISOString();
  const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'fake' };
  const conditions = [{ ...ready, lastHeartbeatTime: now, lastTransitionTime: now }];
  const status = { conditions, capacity: farSize, allocatable: farSize };
  const patch = JSON.stringify({ status });
  bed.kubectl(['patch', 'node', farNode, '--subresource=status', '--type=merge', '-p', patch]);
};

async function loseFarNode(bed: RecordingBed): Promise<void> {
  const placed = async () =>
    (await bed.pods()).find((it) => (it['spec'] as { nodeName?: string }).nodeName === farNode);
  await bed.until(async () => (await placed()) !== undefined);
  const name = (await placed())?.metadata.name ?? '';
  await delay(1_000);
  const now = new Date().toISOString();
  const state = { running: { startedAt: now } };
  const container = { name: bed.app, image: bed.image, imageID: 'sha256:0', restartCount: 0 };
  const status = {
    phase: 'Running',
    conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
      ...{ type, status: 'True', lastTransitionTime: now },
    })),
    containerStatuses: [{ ...container, ready: true, started: true, state }],
  };
  const patch = JSON.stringify({ status });
  bed.kubectl(['patch', 'pod', name, '--subresource=status', '--type=merge', '-p', patch]);
  await delay(5_000);
  beat(bed);
}
