import type { App } from '#core/apps/app.ts';
import type { Token } from '#core/tokens/token.ts';
import type { ApiDependencies } from '#functions/runtime/dependencies/api.ts';
import { anApp } from '#test/samples.ts';
import { InMemoryApps } from './in-memory-apps.ts';
import { InMemoryExportRuns } from './in-memory-archives.ts';
import { InMemoryBuildRuns, InMemoryBuilds } from './in-memory-builds.ts';
import { InMemoryChunks } from './in-memory-chunks.ts';
import { InMemoryDocuments } from './in-memory-documents.ts';
import { InMemoryGrants } from './in-memory-grants.ts';
import { InMemoryObjects } from './in-memory-objects.ts';
import { InMemoryPromotionRecords } from './in-memory-promotion-records.ts';
import { InMemoryPromotionRuns, InMemoryPromotions } from './in-memory-promotions.ts';
import { InMemoryRecords } from './in-memory-records.ts';
import { InMemoryRegistries } from './in-memory-registries.ts';
import { InMemoryRegistry } from './in-memory-registry.ts';
import { InMemoryReleases } from './in-memory-releases.ts';
import { InMemoryStories } from './in-memory-stories.ts';
import { ScriptedProbe } from './scripted-probe.ts';

/** When the clock of a bed starts. */
const start = Date.parse('2026-03-18T14:30:00.000Z');

export const admin: Token = { name: 'ann', role: 'admin' };
export const deployer: Token = { name: 'ci', role: 'deploy' };
export const reader: Token = { name: 'eve', role: 'read' };

/** All that the API's use cases need, in memory. Sleeping moves the clock and takes no time. */
export const apiBed = () => {
  const memory = new InMemoryRecords();
  let now = start;
  const clock = (): number => now;
  const bed = {
    memory,
    rack: { name: 'atom', region: 'eu-west-1', domain: 'apps.example.com', version: '0.1.0' },
    apps: new InMemoryApps(memory),
    dataKeys: { make: async (app: string) => `key-of-${app}` },
    builds: new InMemoryBuilds(memory),
    grants: new InMemoryGrants(memory),
    registry: new InMemoryRegistry(),
    registries: new InMemoryRegistries(),
    probe: new ScriptedProbe(),
    images: { pin: async (image: string) => `${image}@sha256:${'0'.repeat(64)}` },
    releases: new InMemoryReleases(memory),
    promotions: new InMemoryPromotions(memory),
    records: new InMemoryPromotionRecords(memory, clock),
    stories: new InMemoryStories(memory),
    chunks: new InMemoryChunks(),
    objects: new InMemoryObjects(),
    transfers: new InMemoryObjects(),
    archiveChunks: new InMemoryChunks(),
    exportRuns: new InMemoryExportRuns(),
    documents: new InMemoryDocuments(),
    buildRuns: new InMemoryBuildRuns(),
    promotionRuns: new InMemoryPromotionRuns(),
    clock,
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
    /** Milliseconds since the bed was made. */
    elapsed: () => now - start,
    hasApp: async (given: Partial<App> = {}) => {
      await bed.apps.create(anApp(given));
      return bed;
    },
  };
  return bed satisfies ApiDependencies;
};

export type ApiBed = ReturnType<typeof apiBed>;
