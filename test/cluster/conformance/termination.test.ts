import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { at, type ConformanceBed, eventually, startConformanceBed } from './conformance-bed.ts';
import type { Document } from './raw-client.ts';

const limit = 120_000;
let bed: ConformanceBed;
let core: string;

beforeAll(async () => {
  bed = await startConformanceBed();
  core = `/api/v1/namespaces/${await bed.namespace()}`;
}, limit);

afterAll(() => bed.close(), limit);

const get = async (path: string): Promise<Document> => (await bed.api.call('GET', path)).body;

/** A pod of the Service `leaving` that says in its log when it was told to stop. */
const aPod = (name: string, hook: object, grace: number) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: 'leaving' } },
  spec: {
    terminationGracePeriodSeconds: grace,
    containers: [
      {
        name: 'main',
        image: bed.image,
        command: [
          'sh',
          '-c',
          'trap "echo told; sleep 1; exit 0" TERM; while :; do sleep 0.1; done',
        ],
        lifecycle: { preStop: hook },
        ports: [{ containerPort: 3000 }],
      },
    ],
  },
});

const addressesOf = (endpoints: Document): readonly Document[] =>
  (at(endpoints, 'subsets', 0, 'addresses') ?? []) as Document[];

test(
  'a pod leaves its Service before its process is told to stop',
  async () => {
    const service = { selector: { app: 'leaving' }, ports: [{ port: 80, targetPort: 3000 }] };
    const body = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: service };
    await bed.api.call('POST', `${core}/services`, { body });
    await bed.api.call('POST', `${core}/pods`, {
      body: aPod('web', { sleep: { seconds: 4 } }, 30),
    });
    await eventually(
      () => get(`${core}/endpoints/web`),
      (it) => addressesOf(it).length === 1
    );

    await bed.api.call('DELETE', `${core}/pods/web`);
    await eventually(
      () => get(`${core}/endpoints/web`),
      (it) => addressesOf(it).length === 0
    );
    const early = await bed.api.call('GET', `${core}/pods/web/log`);
    const late = await eventually(
      () => bed.api.call('GET', `${core}/pods/web/log`),
      ({ text, code }) => text !== '' || code === 404
    );

    expect(early).toMatchObject({ code: 200, text: '' });
    expect(late.text).toContain('told\n');
  },
  limit
);

test.each<[string, object, number, string]>([
  [
    'a sleep longer than the grace period',
    { sleep: { seconds: 5 } },
    2,
    '.sleep: Invalid value: 5: must be non-negative and less than terminationGracePeriodSeconds (2)',
  ],
  ['a hook without an action', {}, 2, ': Required value: must specify a handler type'],
])('%s is refused', async (...[, hook, grace, why]) => {
  const answer = await bed.api.call('POST', `${core}/pods`, { body: aPod('no', hook, grace) });

  expect(answer.code).toBe(422);
  expect(answer.body['message']).toContain(`spec.containers[0].lifecycle.preStop${why}`);
});
