import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fillDefaults } from '#infra/local/cluster/api/defaults/fill-defaults.ts';
import { objectAt } from '#infra/local/cluster/api/json.ts';

const deployment = (spec: object = {}, container: object = {}) => ({
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'web:1', ...container }] },
    },
    ...spec,
  },
});

test('a Deployment gets the defaults of the API server', () => {
  const filled = fillDefaults('deployments', deployment());

  expect(filled['spec']).toMatchObject({
    replicas: 1,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    template: {
      spec: {
        restartPolicy: 'Always',
        terminationGracePeriodSeconds: 30,
        dnsPolicy: 'ClusterFirst',
        containers: [{ imagePullPolicy: 'IfNotPresent', terminationMessagePolicy: 'File' }],
      },
    },
  });
});

test('what is there stays, and filling twice is filling once', () => {
  fc.assert(
    fc.property(
      fc.nat(5),
      fc.constantFrom('web', 'web:latest', 'r/web@sha256:1'),
      (replicas, image) => {
        const filled = fillDefaults('deployments', deployment({ replicas }, { image }));

        expect(objectAt(filled, 'spec')['replicas']).toBe(replicas);
        expect(fillDefaults('deployments', filled)).toEqual(filled);
      }
    )
  );
});

test('limits are also requests, and probes get their times', () => {
  const container = {
    resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } },
    readinessProbe: { httpGet: { port: 80 } },
  };
  const filled = fillDefaults('deployments', deployment({}, container));

  expect(objectAt(filled, 'spec', 'template', 'spec')['containers']).toMatchObject([
    {
      resources: { requests: { cpu: '500m', memory: '1Gi' } },
      readinessProbe: {
        periodSeconds: 10,
        timeoutSeconds: 1,
        failureThreshold: 3,
        httpGet: { path: '/', scheme: 'HTTP' },
      },
    },
  ]);
});

test('stringData ends up in data', () => {
  const filled = fillDefaults('secrets', { data: { a: 'MQ==' }, stringData: { b: '2' } });

  expect(filled).toEqual({ type: 'Opaque', data: { a: 'MQ==', b: 'Mg==' } });
});
