import { setTimeout as delay } from 'node:timers/promises';
import { manifest, named, patched, size, web } from '../manifests.ts';
import type { Scenario } from '../scenario.ts';

const two = size(2);
const good = manifest(web('', two));

/** Ready in some seconds of each sixteen, for 48 s from the first start on; ready for good then. */
const flapping = (from: number): string =>
  [
    'httpd -p 3000 -h /tmp; end=$(( $(date +%s) + 48 ));',
    'while [ $(date +%s) -lt $end ]; do',
    `n=$(( ( $(date +%s) + ${16 - from} ) % 16 ));`,
    'if [ $n -lt 4 ]; then echo ok > /tmp/index.html; else rm -f /tmp/index.html; fi;',
    'sleep 0.5; done; echo ok > /tmp/index.html; exec sleep 1000',
  ].join(' ');

const probed = ['port: 3000', 'health: {path: /, interval: 1, timeout: 1}'];

/** Rollouts that a person would let go on. */
export const healthy: Readonly<Record<string, Scenario>> = {
  good: {
    note: 'Two processes replace two others.',
    before: manifest(web('true;', two)),
    manifest: good,
  },
  'first-release': { note: 'A first release of one process.', manifest: manifest(web('')) },
  worker: {
    note: 'A process without a port: ten seconds without an exit make it stable.',
    manifest: manifest(named('web', 'exec sleep 1000', [])),
  },
  'slow-start': {
    note: 'The process answers its health check after 30 s.',
    before: good,
    manifest: manifest(web('sleep 30;', two)),
  },
  flapping: {
    note: 'Two services whose readiness comes and goes in turns for 48 s, and stays then.',
    manifest: manifest(named('web', flapping(0), probed), named('api', flapping(8), probed)),
  },
  'crash-once': {
    note: 'Each process exits once with code 1 and runs well after that. A volume keeps the mark of the first run.',
    before: good,
    manifest: manifest(web('if [ ! -e /state/x ]; then touch /state/x; sleep 1; exit 1; fi;', two)),
    patch: patched(
      { volumes: [{ name: 'state', emptyDir: {} }] },
      { volumeMounts: [{ name: 'state', mountPath: '/state' }] }
    ),
  },
  'old-failing': {
    note: 'The processes of the release before crash again and again while the new ones start.',
    before: manifest(named('web', 'httpd -p 3000 -h /tmp; sleep 4; exit 1', ['port: 3000', two])),
    manifest: manifest(web('sleep 15;', two)),
    prepare: () => delay(5_000),
  },
  'sick-unchanged': {
    note: 'A service that crashes again and again is not changed by the release, which changes another one.',
    before: manifest(web('', two), named('sick', 'sleep 2; exit 1', [])),
    manifest: manifest(web('true;', two), named('sick', 'sleep 2; exit 1', [])),
    prepare: () => delay(8_000),
  },
  'disruption-budget': {
    note: 'A PodDisruptionBudget allows no eviction; somebody tries to evict the old processes during the rollout.',
    before: good,
    manifest: manifest(web('sleep 6;', two)),
    prepare: async (bed) => {
      bed.kubectl(['apply', '-f', '-'], {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'web' },
        spec: { maxUnavailable: 0, selector: { matchLabels: { service: 'web' } } },
      });
    },
    during: async (bed) => {
      for (let tries = 0; tries < 3; tries += 1) {
        await delay(1_000);
        for (const { metadata } of await bed.pods()) evict(bed, metadata.name);
      }
    },
  },
  autoscaled: {
    note: 'A HorizontalPodAutoscaler raises the count from 2 to 4 while the new processes start.',
    before: good,
    manifest: manifest(web('sleep 25;', two)),
    during: async (bed) => {
      bed.kubectl(['apply', '-f', '-'], {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'web' },
        spec: {
          ...{ minReplicas: 4, maxReplicas: 6 },
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        },
      });
    },
  },
};

/** Refused by the budget with 429; that is what is tried here. */
const evict = (bed: Parameters<NonNullable<Scenario['during']>>[0], name: string): void => {
  const path = `/api/v1/namespaces/${bed.namespace}/pods/${name}/eviction`;
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } };
  try {
    bed.kubectl(['create', '--raw', path, '-f', '-'], eviction);
  } catch (error) {
    if (!/disruption budget|not found/i.test(String(error))) throw error;
  }
};
