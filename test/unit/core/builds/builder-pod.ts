import type { KubernetesObject } from '#core/kubernetes/object.ts';
import type { BuildBed } from './build-bed.ts';

/** Where the builds of rack `atom` run. */
export const namespace = 'atom-builds';

/** The pod that a Job of a build makes. */
export const podOf = (job: KubernetesObject, status: object = {}): KubernetesObject => {
  const { template } = job['spec'] as { template: { metadata: object; spec: object } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, name: `${job.metadata.name}-x`, namespace },
    spec: template.spec,
    status,
  };
};

/** The builder's part of a pod's status. */
export const builderIs = (state: object) => ({
  containerStatuses: [
    { name: 'build', image: '', imageID: '', ready: false, restartCount: 0, state },
  ],
});

/** The pod of the first Job, running. */
export const runPod = async ({ cluster }: BuildBed): Promise<KubernetesObject> => {
  const job = await cluster.require({
    kind: 'Job',
    metadata: { name: 'baaaaaaaaaa-1', namespace },
  });
  return cluster.put(podOf(job, { phase: 'Running', ...builderIs({ running: {} }) }));
};

/** What the builder of the first Job has printed so far, a line each second. */
export const log = (bed: BuildBed, ...texts: string[]) =>
  bed.cluster.setLog(
    { namespace, pod: 'baaaaaaaaaa-1-x', container: 'build' },
    texts.map((text, index) => ({ at: `2026-01-01T00:00:0${index}Z`, text }))
  );
