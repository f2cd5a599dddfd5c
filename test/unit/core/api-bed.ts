import type { Build } from '#core/builds/build.ts';
import { newBuild } from '#core/builds/new-build.ts';
import type { Role, Token } from '#core/tokens/token.ts';
import { InMemoryApps } from '#test/fakes/in-memory-apps.ts';
import { InMemoryExportRuns } from '#test/fakes/in-memory-archives.ts';
import { InMemoryBuildRuns, InMemoryBuilds } from '#test/fakes/in-memory-builds.ts';
import { InMemoryChunks } from '#test/fakes/in-memory-chunks.ts';
import { InMemoryDocuments } from '#test/fakes/in-memory-documents.ts';
import { InMemoryGrants } from '#test/fakes/in-memory-grants.ts';
import { InMemoryObjects } from '#test/fakes/in-memory-objects.ts';
import { InMemoryPromotionRuns, InMemoryPromotions } from '#test/fakes/in-memory-promotions.ts';
import { InMemoryRecords } from '#test/fakes/in-memory-records.ts';
import { InMemoryRegistry } from '#test/fakes/in-memory-registry.ts';
import { InMemoryReleases } from '#test/fakes/in-memory-releases.ts';
import { InMemoryRetention } from '#test/fakes/in-memory-retention.ts';
import { InMemoryStories } from '#test/fakes/in-memory-stories.ts';

/** A rack in memory, at a clock that goes on only when something sleeps. */
export const apiBed = () => {
  const records = new InMemoryRecords();
  let now = Date.parse('2026-03-18T14:30:00Z');
  return {
    records,
    rack: { name: 'atom', region: 'us-east-1', domain: 'example.org', version: '0.1.0' },
    apps: new InMemoryApps(records, () => now),
    dataKeys: { make: async (app: string) => `key of ${app}` },
    builds: new InMemoryBuilds(records),
    grants: new InMemoryGrants(records),
    registry: new InMemoryRegistry(),
    images: { pin: async (image: string) => `${image}@sha256:${'0'.repeat(64)}` },
    releases: new InMemoryReleases(records),
    promotions: new InMemoryPromotions(records),
    stories: new InMemoryStories(records),
    retention: new InMemoryRetention(records),
    objects: new InMemoryObjects(() => now),
    chunks: new InMemoryChunks(() => now),
    documents: new InMemoryDocuments(),
    buildRuns: new InMemoryBuildRuns(),
    transfers: new InMemoryObjects(),
    archiveChunks: new InMemoryChunks(() => now),
    exportRuns: new InMemoryExportRuns(),
    promotionRuns: new InMemoryPromotionRuns(),
    clock: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
};

export type ApiBed = ReturnType<typeof apiBed>;

export const aCaller = (role: Role = 'admin', app?: string): Token => ({ name: 'ada', role, app });

/** A bed with the app `shop`. */
export const bedWithShop = async (): Promise<ApiBed> => {
  const bed = apiBed();
  await bed.apps.create({
    name: 'shop',
    created: '2026-03-18T14:00:00.000Z',
    sequence: 0,
    locked: false,
    policy: 'restricted',
    dataKey: 'key of shop',
  });
  return bed;
};

export const aBuild = (given: Partial<Build> = {}): Omit<Build, 'id'> =>
  newBuild({
    app: 'shop',
    description: 'build 0123456789 first',
    source: 'object://shop/tmp/source.tgz',
    manifest: 'services:\n  web:\n    build: .\n',
    started: '2026-03-18T14:30:00.000Z',
    actor: 'ada',
    ...given,
  });
