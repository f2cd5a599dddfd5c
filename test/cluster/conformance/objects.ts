import type { Document } from './raw-client.ts';

export const aConfigMap = (name: string, data: Document = { key: 'value' }) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

interface DeploymentFields {
  readonly image: string;
  readonly replicas?: number;
  readonly env?: readonly Document[];
  readonly script?: string;
  /** A readiness probe. */
  readonly readiness?: Document;
}

/** A Deployment whose container runs a shell script; without `replicas` it does not say how many. */
export const aDeployment = (
  name: string,
  { image, replicas, env, readiness, script = 'sleep 3600 & wait' }: DeploymentFields
) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    ...(replicas === undefined ? {} : { replicas }),
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [
          {
            name: 'main',
            image,
            command: ['sh', '-c', script],
            ...(env === undefined ? {} : { env }),
            ...(readiness === undefined ? {} : { readinessProbe: readiness }),
          },
        ],
      },
    },
  },
});

interface JobFields {
  readonly image: string;
  readonly script: string;
  readonly backoffLimit?: number;
}

export const aJob = (name: string, { image, script, backoffLimit = 0 }: JobFields) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: {
    backoffLimit,
    template: {
      spec: {
        restartPolicy: 'Never',
        containers: [{ name: 'main', image, command: ['sh', '-c', script] }],
      },
    },
  },
});
