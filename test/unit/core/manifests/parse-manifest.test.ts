import { expect, test } from '@jest/globals';
import { aManifest, errorOf, parsed, problemsOf, service } from './parsed.ts';

const SHOP = `
environment:
  - RACK_ENV=production
  - DATABASE_URL
labels:
  team: checkout
services:
  web:
    build: .
    command: bin/web --port "$PORT"
    port: 3000
    health: /check
    environment:
      - RACK_ENV=staging
      - SESSION_SECRET
      - COOKIE_DOMAIN=
    scale:
      count: 2
      cpu: 512
      memory: 1024
    deployment:
      minimum: 50
  worker:
    build:
      path: ./jobs/
      manifest: Dockerfile.worker
      args:
        - RUBY=3.4
    internal: true
    singleton: true
    termination:
      grace: 120
  cache:
    image: redis:7
    port: 6379
`;

test('reads an app of three services', () => {
  const env = { DATABASE_URL: 'postgres://x', SESSION_SECRET: 's' };

  expect(parsed(SHOP, { env }).services).toMatchObject([
    {
      name: 'web',
      source: { kind: 'build', path: '.', manifest: 'Dockerfile', args: [] },
      command: 'bin/web --port "$PORT"',
      port: { port: 3000, scheme: 'http' },
      health: { path: '/check', interval: 5, timeout: 4, grace: 5, disabled: false },
      environment: [
        { name: 'RACK_ENV', default: 'production' },
        { name: 'DATABASE_URL', default: undefined },
        { name: 'RACK_ENV', default: 'staging' },
        { name: 'SESSION_SECRET', default: undefined },
        { name: 'COOKIE_DOMAIN', default: '' },
      ],
      scale: { min: 2, max: 2, cpu: 512, memory: 1024 },
      deployment: { minimum: 50, maximum: 200 },
      labels: { team: 'checkout' },
    },
    {
      name: 'worker',
      source: { path: 'jobs', manifest: 'Dockerfile.worker', args: ['RUBY=3.4'] },
      port: undefined,
      internal: true,
      deployment: { minimum: 0, maximum: 100 },
      termination: { grace: 120 },
    },
    { name: 'cache', source: { kind: 'image', image: 'redis:7' } },
  ]);
});

test('fills in every default of a service without settings', () => {
  expect(parsed('services:\n  web:\n').services).toEqual([
    {
      name: 'web',
      source: { kind: 'build', path: '.', manifest: 'Dockerfile', args: [] },
      command: undefined,
      port: undefined,
      health: { disabled: false, path: '/', port: undefined, interval: 5, timeout: 4, grace: 5 },
      liveness: undefined,
      startupProbe: undefined,
      environment: [],
      scale: {
        min: 1,
        max: 1,
        cpu: 250,
        memory: 512,
        limit: { cpu: undefined, memory: undefined },
      },
      deployment: {
        minimum: 100,
        maximum: 200,
        progressDeadline: undefined,
        crashRestartLimit: undefined,
        stable: undefined,
      },
      singleton: false,
      internal: false,
      termination: { grace: 30 },
      drain: 30,
      labels: {},
      annotations: {},
      privileged: false,
      securityContext: {
        allowPrivilegeEscalation: undefined,
        readOnlyRootFilesystem: undefined,
        runAsNonRoot: undefined,
        runAsUser: undefined,
        runAsGroup: undefined,
        seccompProfile: undefined,
        capabilities: { add: [], drop: [] },
      },
    },
  ]);
});

test('names the nearest known key, with position and path', () => {
  expect(errorOf('servicess:\n  web:\n    build: .\n').problems).toEqual([
    {
      message: 'unknown key servicess, did you mean services?',
      line: 1,
      column: 1,
      path: 'servicess',
    },
    { message: 'manifest has no services', line: 1, column: 1, path: 'services' },
  ]);
});

test.each([
  [['helth: /'], 'unknown key helth in services.web, did you mean health?'],
  [['health: {pth: /}'], 'unknown key pth in services.web.health, did you mean path?'],
  [['scale: {limit: {mem: 1}}'], 'unknown key mem in services.web.scale.limit'],
  [
    ['scale: {limit: {memry: 1}}'],
    'unknown key memry in services.web.scale.limit, did you mean memory?',
  ],
  [['build: {dockerfile: x}'], 'unknown key dockerfile in services.web.build'],
  [['build: {arg: [A=1]}'], 'unknown key arg in services.web.build, did you mean args?'],
  [
    ['deployment: {minimun: 1}'],
    'unknown key minimun in services.web.deployment, did you mean minimum?',
  ],
  [['termination: {grce: 1}'], 'unknown key grce in services.web.termination, did you mean grace?'],
  [
    ['port: {port: 1, shceme: http}'],
    'unknown key shceme in services.web.port, did you mean scheme?',
  ],
])('refuses unknown keys at every level: %j', (settings, message) => {
  expect(problemsOf(aManifest(...settings))).toContain(message);
});

test.each([
  ['timers:\n  a: {schedule: "* * * * *"}\n', 'timers is not supported yet'],
  ['resources:\n  db: {type: postgres}\n', 'resources is not supported yet'],
  ['balancers: {}\n', 'balancers is not supported yet'],
])('refuses top-level keys of Convox that are not supported: %j', (text, message) => {
  expect(problemsOf(text + aManifest('build: .'))).toEqual([message]);
});

test('refuses service keys of Convox that are not supported, even where unknown keys only warn', () => {
  const text = aManifest('agent: true', 'volumes: [/data]', 'domain: a.example.org');

  expect(problemsOf(text, { unknown: 'warn' })).toEqual([
    'services.web.agent is not supported yet',
    'services.web.volumes is not supported yet',
    'services.web.domain is not supported yet',
  ]);
});

test.each([
  ['the caller', '', { unknown: 'warn' } as const],
  ['the file', 'manifest: {unknown: warn}\n', {}],
])('turns unknown keys into warnings when %s says so', (_, head, options) => {
  const { warnings, services } = parsed(`${head}dead: 1\n${aManifest('old: 2')}`, options);

  expect(services).toHaveLength(1);
  expect(warnings.map((it) => it.message)).toEqual([
    'unknown key dead',
    'unknown key old in services.web',
  ]);
});

test('takes keys that hold templates, and x- keys, for what they are', () => {
  const text = `
defaults:
  env: &env
    - LOG=debug
x-note: anything
services:
  web:
    environment:
      - *env
      - [A=1, [B=2]]
`;

  expect(parsed(text).services[0]?.environment.map((it) => it.name)).toEqual(['LOG', 'A', 'B']);
  expect(problemsOf(text.replace('- *env', '- C'))).toEqual(['unknown key defaults']);
});

test('applies merge keys, own settings first', () => {
  const text = `
services:
  web: &web
    image: nginx
    port: 80
    scale: 2
  admin:
    <<: *web
    port: 81
  quoted:
    "<<": [{scale: 5}, *web]
`;

  expect(parsed(text).services).toMatchObject([
    { name: 'web', port: { port: 80 } },
    { name: 'admin', source: { image: 'nginx' }, port: { port: 81 }, scale: { min: 2 } },
    { name: 'quoted', source: { image: 'nginx' }, port: { port: 80 }, scale: { min: 5 } },
  ]);
});

test.each([
  ['Web', 'service name Web invalid, must contain only lowercase alphanumeric and dashes'],
  ['my_app', 'service name my_app invalid, must contain only lowercase alphanumeric and dashes'],
  ['1web', 'service name 1web invalid, must contain only lowercase alphanumeric and dashes'],
  ['web-', 'service name web- invalid, must not end with a dash'],
  ['w'.repeat(47), `service name ${'w'.repeat(47)} invalid, must not be longer than 46 characters`],
])('refuses the service name %s', (name, message) => {
  expect(errorOf(`services:\n  ${name}:\n`).message).toBe(
    `validation errors:\n${message} (line 2, column 3)`
  );
});

test('takes a service name of 46 characters', () => {
  expect(parsed(`services:\n  ${'w'.repeat(46)}:\n`).services).toHaveLength(1);
});

test('reports all problems at once, load errors before validation errors', () => {
  const error = errorOf('services:\n  Web:\n    scale: [1]\n    environment: [B, A, C=1]\n', {
    env: {},
  });

  expect(error).toMatchObject({ kind: 'invalid', code: 'InvalidManifest' });
  expect(error.message.split('\n')).toEqual([
    'unknown type for service scale: list (line 3, column 12)',
    'required env: A, B',
    'validation errors:',
    'service name Web invalid, must contain only lowercase alphanumeric and dashes (line 2, column 3)',
  ]);
  expect(error.problems).toHaveLength(3);
});

test("names every required variable that is missing, in Convox's words", () => {
  const text = `environment: [Z]\n${aManifest('environment: [B, A, OK]')}`;

  expect(errorOf(text, { env: { OK: '' } }).message).toBe('required env: A, B, Z');
});

test('does not check required variables when no environment is known', () => {
  expect(service('environment: [SECRET]').environment).toEqual([
    { name: 'SECRET', default: undefined },
  ]);
});

test.each([
  ['', 'manifest is empty'],
  ['# nothing\n', 'manifest is empty'],
  ['~\n', 'manifest is empty'],
  ['- a\n', 'manifest must be a map with a key services'],
  ['services\n', 'manifest must be a map with a key services'],
  ['services:\n', 'manifest has no services'],
  ['services: {}\n', 'manifest has no services'],
  ['services: [web]\n', 'unknown type for services: list'],
  ['services: {web: nginx}\n', 'service web must be a map of its settings'],
  [
    'manifest: {unknown: maybe}\nservices: {web: }\n',
    'manifest.unknown must be warn or refuse, not maybe',
  ],
])('refuses %j', (text, message) => {
  expect(problemsOf(text)).toEqual([message]);
});

test('refuses more than 1 MB before reading it', () => {
  expect(problemsOf(`services: {web: }\n#${'é'.repeat(500_000)}`)).toEqual([
    'manifest is larger than 1 MB',
  ]);
});
