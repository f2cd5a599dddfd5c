import type { Build } from '#core/builds/build.ts';
import type { BuilderSettings } from '#core/builds/job-input.ts';
import { newBuild } from '#core/builds/new-build.ts';
import type { BuildDependencies } from '#core/builds/tasks/tasks.ts';
import { ConflictError, NewerReleaseError } from '#core/errors.ts';
import type { StoryEvent } from '#core/events/event.ts';
import type { Release } from '#core/releases/release.ts';
import { InMemoryArchives } from '#test/fakes/in-memory-archives.ts';
import { InMemoryCluster } from '#test/fakes/in-memory-cluster.ts';
import { anApp } from '../cluster-bed.ts';

export const aBuild = (given: Partial<Build> = {}): Build => ({
  ...newBuild({
    app: 'shop',
    description: 'build 1',
    source: `object://shop/sources/${'a'.repeat(64)}.tgz`,
    started: '2026-01-01T00:00:00.000Z',
    actor: 'ann',
  }),
  id: 'BAAAAAAAAAA',
  ...given,
});

export const aRelease = (given: Partial<Release> = {}): Release => ({
  id: 'RAAAAAAAAAA',
  app: 'shop',
  build: '',
  manifest: '',
  description: '',
  created: '',
  actor: '',
  env: '',
  ...given,
});

export const settings: BuilderSettings = {
  image: 'builder:1',
  mode: 'rootless',
  cpu: '500m',
  memory: '1Gi',
  deadline: 3000,
  silence: 1200,
  sbom: '',
  copyImages: false,
  nodeSelector: { pool: 'builds' },
  tolerations: [{ key: 'builds', operator: 'Exists' }],
  insecureRegistries: ['localhost:5000'],
};

export const run = { v: 1, app: 'shop', build: 'BAAAAAAAAAA' } as const;

/** Records, documents, stories, a source and a cluster in memory, with a clock that `pause` moves. */
export const buildBed = (
  given: { build?: Partial<Build>; files?: Record<string, string>; earlier?: readonly Build[] } = {}
) => {
  let build: Build | undefined = aBuild(given.build);
  let now = Date.parse('2026-01-01T00:00:00Z');
  const files = new Map(Object.entries(given.files ?? {}));
  const releases: Release[] = [];
  const documents = new Map<string, string>();
  const events = new Map<number, StoryEvent>();
  const objects = new Map<string, string>();
  const sound = new Set<string>();
  const cluster = new InMemoryCluster();
  const onPause: (() => unknown)[] = [];
  const deps: BuildDependencies = {
    rack: 'atom',
    cluster,
    settings,
    clock: () => now,
    pause: async (milliseconds) => {
      now += milliseconds;
      await onPause.shift()?.();
    },
    apps: { find: async () => anApp() } as unknown as BuildDependencies['apps'],
    builds: {
      list: async () => [...(build ? [build] : []), ...(given.earlier ?? [])],
      find: async () => build,
      change: async (_app: string, _id: string, change: Partial<Build>) => {
        if (!build || build.ended) throw new ConflictError('ended');
        build = { ...build, ...change };
        return build;
      },
    } as unknown as BuildDependencies['builds'],
    releases: {
      latest: async () => releases.at(-1),
      list: async () => releases.toReversed(),
      create: async (release: Omit<Release, 'id'>, basedOn: string | undefined) => {
        if (basedOn !== releases.at(-1)?.id) throw new NewerReleaseError('newer');
        const created = { ...release, id: `R${releases.length}` };
        releases.push(created);
        return created;
      },
    } as unknown as BuildDependencies['releases'],
    documents: {
      read: async (key) => {
        const text = documents.get(key);
        return text === undefined ? undefined : JSON.parse(text);
      },
      write: async (key, document) => {
        documents.set(key, JSON.stringify(document));
      },
    },
    stories: {
      read: async (_story, after) => [...events.values()].filter((it) => it.sequence > after),
      append: async (_story, more) => {
        for (const event of more)
          if (!events.has(event.sequence)) events.set(event.sequence, event);
      },
    },
    objects: {
      write: async (_app: string, key: string, content: Uint8Array) => {
        objects.set(key, Buffer.from(content).toString());
      },
      readText: async (_app: string, key: string) => objects.get(key),
      remove: async (_app: string, key: string) => void objects.delete(key),
      downloadAddress: async (app: string, key: string) => `https://bucket/${app}/${key}?signed`,
    },
    archives: new InMemoryArchives(),
    chunks: {
      downloadAddress: async (app, id) => `https://bucket/chunks/${app}/${id}?signed`,
      removeDamaged: async (_app, id) => !sound.has(id),
    },
    sources: {
      readFiles: async (_source, paths) =>
        new Map(paths.flatMap((it) => (files.has(it) ? [[it, files.get(it) ?? ''] as const] : []))),
    },
    images: { pin: async () => undefined },
  };
  return {
    deps,
    cluster,
    releases,
    documents,
    objects,
    /** Chunks that are what their names say. */
    sound,
    onPause,
    build: () => build,
    remove: () => {
      build = undefined;
    },
    lines: () => [...events.values()].map((it) => it.text),
    events: () => [...events.values()],
  };
};

export type BuildBed = ReturnType<typeof buildBed>;
