import type { App } from '#contracts/apps.ts';
import type { Build } from '#contracts/builds.ts';
import type { Event } from '#contracts/events.ts';
import type { Process } from '#contracts/processes.ts';
import type { Promotion } from '#contracts/promotions.ts';
import type { Release } from '#contracts/releases.ts';
import type { Service } from '#contracts/services.ts';
import type { System } from '#contracts/system.ts';

export const anApp = (over: Partial<App> = {}): App => ({
  generation: '3',
  locked: false,
  name: 'shop',
  release: 'RAAAAAAAAAA',
  router: '',
  status: 'running',
  parameters: {},
  policy: 'restricted',
  ...over,
});

export const aRelease = (over: Partial<Release> = {}): Release => ({
  id: 'RBBBBBBBBBB',
  app: 'shop',
  build: 'BBBBBBBBBBB',
  env: '',
  manifest: 'services:\n  web:\n    build: .\n',
  description: 'build 0123456789 Sell more',
  created: '2026-03-16T14:30:00Z',
  ...over,
});

export const aBuild = (over: Partial<Build> = {}): Build => ({
  id: 'BBBBBBBBBBB',
  app: 'shop',
  description: 'build 0123456789 Sell more',
  entrypoint: '',
  'git-sha': '',
  logs: '',
  manifest: '',
  process: '',
  release: 'RBBBBBBBBBB',
  reason: '',
  repository: '',
  status: 'complete',
  started: '2026-03-18T14:25:00Z',
  ended: '2026-03-18T14:27:00Z',
  ...over,
});

export const aPromotion = (over: Partial<Promotion> = {}): Promotion => ({
  id: 'PAAAAAAAAAA',
  app: 'shop',
  release: 'RBBBBBBBBBB',
  previous: 'RAAAAAAAAAA',
  status: 'running',
  reason: '',
  cause: '',
  services: [],
  started: '2026-03-18T14:29:00Z',
  ended: '',
  actor: 'convox',
  forceConflicts: false,
  ...over,
});

export const anEvent = (sequence: number, text: string): Event => ({
  sequence,
  at: `2026-03-18T14:30:${String(sequence).padStart(2, '0')}.250Z`,
  text,
  kind: 'kubernetes',
});

export const aService = (over: Partial<Service> = {}): Service => ({
  name: 'web',
  domain: 'shop-web.localhost',
  count: 2,
  running: 2,
  cpu: 250,
  memory: 512,
  ports: [{ balancer: 443, certificate: '', container: 3000 }],
  ...over,
});

export const aProcess = (over: Partial<Process> = {}): Process => ({
  id: 'web-745f845dc-rzl2q',
  app: 'shop',
  command: 'node web.js',
  cpu: 0,
  gpu: 0,
  host: '',
  image: '',
  instance: 'node-1',
  memory: 0,
  name: 'web',
  ports: [],
  release: 'RAAAAAAAAAA',
  service: 'web',
  started: '2026-03-18T14:28:00Z',
  status: 'running',
  ...over,
});

export const aSystem = (over: Partial<System> = {}): System => ({
  name: 'local',
  provider: 'local',
  status: 'running',
  domain: 'localhost',
  'rack-domain': 'localhost',
  region: '',
  type: '',
  count: 1,
  version: '3.24.9',
  parameters: {},
  outputs: {},
  ...over,
});
