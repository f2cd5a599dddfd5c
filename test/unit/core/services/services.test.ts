import { expect, test } from '@jest/globals';
import { ClusterError } from '#core/kubernetes/cluster-error.ts';
import { listServices } from '#core/services/list-services.ts';
import { restartService } from '#core/services/restart-service.ts';
import { scaleService } from '#core/services/scale-service.ts';
import { aDeployment, aService, clusterBed } from '../cluster-bed.ts';

const bedWith = async (domain = 'example.org') => {
  const bed = { ...clusterBed(), domain, clock: () => Date.parse('2026-01-02T03:04:05Z') };
  await bed.cluster.put(aDeployment('web'));
  await bed.cluster.put(aService('web'));
  return bed;
};

const conflict = () => new ClusterError(409, { reason: 'Conflict', message: 'modified' });

test('shows a service with where it answers', async () => {
  const bed = await bedWith();
  await bed.cluster.setStatus(aDeployment('web'), { readyReplicas: 1 });

  const services = await listServices(bed)({ app: 'shop' });

  expect(services).toEqual([
    {
      name: 'web',
      domain: 'shop-web.example.org',
      count: 2,
      running: 1,
      cpu: 250,
      memory: 512,
      ports: [{ balancer: 443, certificate: '', container: 3000 }],
    },
  ]);
});

test('names the port of a domain that is served on another one', async () => {
  const bed = await bedWith('localhost:3100');

  const [web] = await listServices(bed)({ app: 'shop' });

  expect(web).toMatchObject({ domain: 'shop-web.localhost:3100', ports: [{ balancer: 3100 }] });
});

test('gives no domain to internal services and to workers', async () => {
  const bed = await bedWith();
  await bed.cluster.put(aDeployment('inside'));
  await bed.cluster.put(aService('inside', true));
  await bed.cluster.put(aDeployment('worker'));

  const services = await listServices(bed)({ app: 'shop' });

  expect(services.map((it) => [it.name, it.domain])).toEqual([
    ['inside', ''],
    ['web', 'shop-web.example.org'],
    ['worker', ''],
  ]);
});

test('scales replicas as their own owner, after a conflict too', async () => {
  const bed = await bedWith();
  bed.cluster.refuseNext((call) => call.startsWith('PATCH'), conflict());

  await scaleService(bed)({ app: 'shop', service: 'web', count: 5 });

  const { spec, metadata } = await bed.cluster.require(aDeployment('web'));
  const owner = metadata.managedFields?.find((it) => it.manager === 'rackless-scale');
  expect(spec).toMatchObject({ replicas: 5 });
  expect(owner?.fieldsV1).toEqual({ 'f:spec': { 'f:replicas': {} } });
});

test('gives up after conflicts that do not end', async () => {
  const bed = await bedWith();
  for (let i = 0; i < 5; i++) bed.cluster.refuseNext((it) => it.startsWith('PATCH'), conflict());

  await expect(scaleService(bed)({ app: 'shop', service: 'web', count: 5 })).rejects.toThrow(
    'modified'
  );
});

test.each([{ cpu: 100 }, { memory: 100 }, { cpu: 100, count: 2 }])(
  'refuses to change cpu and memory: %j',
  async (change) => {
    const bed = await bedWith();

    const scaling = scaleService(bed)({ app: 'shop', service: 'web', ...change });

    await expect(scaling).rejects.toMatchObject({
      kind: 'invalid',
      message: 'cpu and memory are set in convox.yml',
    });
    expect((await bed.cluster.require(aDeployment('web')))['spec']).toMatchObject({ replicas: 2 });
  }
);

test('restarts by an annotation of the template and leaves the rest', async () => {
  const bed = await bedWith();

  await restartService(bed)({ app: 'shop', service: 'web' });

  const { spec } = await bed.cluster.require(aDeployment('web'));
  expect(spec).toMatchObject({
    replicas: 2,
    template: {
      metadata: {
        labels: { service: 'web' },
        annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-02T03:04:05.000Z' },
      },
    },
  });
});

test('names an unknown service', async () => {
  const bed = await bedWith();

  await expect(restartService(bed)({ app: 'shop', service: 'web2' })).rejects.toThrow(
    'service not found: web2'
  );
});
