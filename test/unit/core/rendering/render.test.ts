import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import type { Policy } from '#core/apps/app.ts';
import type { Environment } from '#core/environments/environment.ts';
import { parseManifest } from '#core/manifests/parse-manifest.ts';
import { render } from '#core/rendering/render.ts';
import { type RenderedRelease, withoutValues } from '#core/rendering/rendered-release.ts';
import { withValues } from '#core/rendering/secret-values.ts';

const key = new Uint8Array(32).fill(7);

const webAndWorker = `
environment: [SHARED=1]
services:
  web:
    build: .
    port: 3000
    health: { path: /ready, grace: 3, interval: 4, timeout: 2 }
    liveness: { path: /alive, grace: 15 }
    startupProbe: { path: /started, grace: 1, interval: 2, failureThreshold: 30 }
    environment: [DATABASE_URL, LOG=info]
    scale: { count: 2, cpu: 100, memory: 256, limit: { cpu: 500, memory: 512 } }
    labels: { team: shop }
    annotations: [example.org/note=hello]
    termination: { grace: 45 }
  worker:
    build: .
    command: "bin/work --queue 'all of them'"
    environment: [DATABASE_URL]
`;

const imageService = `
services:
  cache:
    image: redis:7
    port: 6379
    health: { disable: true }
    internal: true
`;

const privileged = `
services:
  node:
    build: .
    privileged: true
    securityContext: { runAsUser: 0, capabilities: { add: [NET_ADMIN] } }
`;

const baseline = `
services:
  api:
    build: .
    port: grpc:9000
`;

interface Given {
  readonly manifest?: string;
  readonly env?: Environment;
  readonly release?: string;
  readonly image?: string;
  readonly policy?: Policy;
  readonly key?: Uint8Array;
  readonly previous?: RenderedRelease;
}

const rendered = ({
  manifest: text = webAndWorker,
  env = { DATABASE_URL: 'postgres://secret@db/shop' },
  release = 'RAAAAABCDEF',
  image = 'registry/shop@sha256:1',
  policy = 'restricted',
  previous,
  ...given
}: Given = {}): RenderedRelease => {
  const manifest = parseManifest(text, { env, policy });
  return render({
    rack: 'atom',
    app: 'shop',
    policy,
    manifest,
    env,
    images: Object.fromEntries(manifest.services.map((it) => [it.name, image])),
    identity: { release, build: `B${release.slice(1)}`, buildDescription: 'one', gitSha: 'abc' },
    key: given.key ?? key,
    logins: [],
    previous,
  });
};

test.each<[string, Given]>([
  ['web-and-worker', {}],
  ['image-service', { manifest: imageService, env: {} }],
  ['privileged', { manifest: privileged, env: {}, policy: 'privileged' }],
  ['baseline', { manifest: baseline, env: {}, policy: 'baseline' }],
])('renders %s as its golden file says', (name, given) => {
  const golden = new URL(`./golden/${name}.yaml`, import.meta.url);

  expect(stringify(rendered(given), { aliasDuplicateObjects: false })).toBe(
    readFileSync(golden, 'utf8')
  );
});

const template = ({ objects }: RenderedRelease, service: string): unknown =>
  (
    objects.find((it) => it.kind === 'Deployment' && it.metadata.name === service)?.['spec'] as
      | { template?: unknown }
      | undefined
  )?.template;

test('a process keeps its grace after it has left the Service, however short', () => {
  const text = webAndWorker.replace('grace: 45', 'grace: 1');

  expect(template(rendered({ manifest: text }), 'web')).toMatchObject({
    spec: {
      terminationGracePeriodSeconds: 4,
      containers: [{ lifecycle: { preStop: { sleep: { seconds: 3 } } } }],
    },
  });
});

test('a stable time of its own holds the old processes until it is over', () => {
  const text = webAndWorker.replace(
    'scale: { count: 2,',
    'deployment: { stable: 8 }\n    scale: { count: 2,'
  );
  const [web] = rendered({ manifest: text }).objects.filter((it) => it.kind === 'Deployment');

  expect(web?.['spec']).toMatchObject({ minReadySeconds: 8 });
});

test('another release of the same thing touches no process', () => {
  const first = rendered();
  const second = rendered({ release: 'RAAAAACXXXX', previous: withoutValues(first) });

  expect(second.release).toBe('RAAAAACXXXX');
  expect(second.services).toEqual(first.services);
  expect(template(second, 'web')).toEqual(template(first, 'web'));
});

test('an unchanged template is sent again word for word, also by a newer renderer', () => {
  const first = withoutValues(rendered());
  const objects = first.objects.map((it) =>
    it.kind === 'Deployment' ? { ...it, spec: { ...Object(it['spec']), template: 'of old' } } : it
  );
  const second = rendered({ release: 'RAAAAACXXXX', previous: { ...first, objects } });

  expect(template(second, 'web')).toBe('of old');
});

test.each<[string, Given]>([
  ['environment', { env: { DATABASE_URL: 'postgres://other' } }],
  ['image', { image: 'registry/shop@sha256:2' }],
])('another %s makes new processes with a Secret of their own', (_, change) => {
  const first = rendered();
  const [web] = rendered({
    release: 'RAAAAACXXXX',
    previous: withoutValues(first),
    ...change,
  }).services;

  expect(web?.secret).not.toBe(first.services[0]?.secret);
  expect(web?.template).not.toBe(first.services[0]?.template);
  expect(web?.identity.release).toBe('RAAAAACXXXX');
});

test('a variable of one service alone leaves the others alone', () => {
  const first = rendered();
  const manifest = webAndWorker.replace('LOG=info', 'LOG=debug');
  const second = rendered({ release: 'RAAAAACXXXX', previous: withoutValues(first), manifest });

  expect(second.services[0]?.fingerprint).not.toBe(first.services[0]?.fingerprint);
  expect(second.services[1]).toEqual(first.services[1]);
});

test('fingerprints and Secret names depend on the key of the app', () => {
  const [one] = rendered().services;
  const [other] = rendered({ key: new Uint8Array(32).fill(8) }).services;

  expect(other?.fingerprint).not.toBe(one?.fingerprint);
  expect(other?.secret).not.toBe(one?.secret);
});

const values = fc.stringMatching(/^[a-z0-9]{8,24}$/);

test('equal input gives equal output, and what is stored holds no value', () => {
  fc.assert(
    fc.property(values, (value) => {
      const env = { DATABASE_URL: `x-${value}-x` };

      expect(rendered({ env })).toEqual(rendered({ env }));
      expect(JSON.stringify(withoutValues(rendered({ env })))).not.toContain(`x-${value}-x`);
    }),
    { numRuns: 25 }
  );
});

test('the stored form gets back exactly the values it had', () => {
  const env = { DATABASE_URL: 'postgres://secret@db/shop' };
  const full = rendered({ env });
  const manifest = parseManifest(webAndWorker, { env });

  expect(
    withValues(withoutValues(full), { rack: 'atom', app: 'shop', manifest, env, logins: [] })
  ).toEqual(full);
});

test('what is missing is refused by name', () => {
  expect(() => rendered({ env: {} })).toThrow('required env: DATABASE_URL');
  expect(() => rendered({ image: '' })).toThrow('has no image for service web');
});
