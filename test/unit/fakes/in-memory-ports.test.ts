import { InMemoryApps } from '#test/fakes/in-memory-apps.ts';
import { InMemoryArchives } from '#test/fakes/in-memory-archives.ts';
import { InMemoryBuilds } from '#test/fakes/in-memory-builds.ts';
import { InMemoryChunks } from '#test/fakes/in-memory-chunks.ts';
import { InMemoryDocuments } from '#test/fakes/in-memory-documents.ts';
import { InMemoryGrants } from '#test/fakes/in-memory-grants.ts';
import { InMemoryObjects } from '#test/fakes/in-memory-objects.ts';
import { InMemoryPromotionRecords } from '#test/fakes/in-memory-promotion-records.ts';
import { InMemoryPromotions } from '#test/fakes/in-memory-promotions.ts';
import { InMemoryRecords } from '#test/fakes/in-memory-records.ts';
import { InMemoryReleases } from '#test/fakes/in-memory-releases.ts';
import { InMemoryRetention } from '#test/fakes/in-memory-retention.ts';
import { InMemoryStories } from '#test/fakes/in-memory-stories.ts';
import { InMemoryTokens } from '#test/fakes/in-memory-tokens.ts';
import { appsBehaveLike } from '#test/ports/apps.ts';
import { archivesBehaveLike } from '#test/ports/archives.ts';
import { buildsBehaveLike } from '#test/ports/builds.ts';
import { chunksBehaveLike } from '#test/ports/chunks.ts';
import { grantsBehaveLike } from '#test/ports/grants.ts';
import { documentsBehaveLike, objectsBehaveLike } from '#test/ports/objects.ts';
import { promotionQueueBehavesLike } from '#test/ports/promotion-queue.ts';
import { promotionRecordsBehaveLike } from '#test/ports/promotion-records.ts';
import { promotionsBehaveLike } from '#test/ports/promotions.ts';
import { releasesBehaveLike } from '#test/ports/releases.ts';
import { retentionBehavesLike } from '#test/ports/retention.ts';
import { storiesBehaveLike } from '#test/ports/stories.ts';
import { tokensBehaveLike } from '#test/ports/tokens.ts';

const rack = () => {
  const records = new InMemoryRecords();
  return {
    apps: new InMemoryApps(records),
    builds: new InMemoryBuilds(records),
    grants: new InMemoryGrants(records),
    releases: new InMemoryReleases(records),
    promotions: new InMemoryPromotions(records),
    records: new InMemoryPromotionRecords(records),
    stories: new InMemoryStories(records),
    retention: new InMemoryRetention(records),
  };
};

archivesBehaveLike('InMemoryArchives', () => new InMemoryArchives());
appsBehaveLike('InMemoryApps', rack);
buildsBehaveLike('InMemoryBuilds', rack);
grantsBehaveLike('InMemoryGrants', rack);
releasesBehaveLike('InMemoryReleases', rack);
promotionsBehaveLike('InMemoryPromotions', rack);
promotionQueueBehavesLike('InMemoryPromotions', rack);
promotionRecordsBehaveLike('InMemoryPromotionRecords', rack);
retentionBehavesLike('InMemoryRetention', rack);
storiesBehaveLike('InMemoryStories', () => rack().stories);
objectsBehaveLike('InMemoryObjects', () => new InMemoryObjects());
chunksBehaveLike('InMemoryChunks', () => {
  const chunks = new InMemoryChunks();
  return { chunks, put: (app, id, stored) => chunks.put(app, id, stored) };
});
documentsBehaveLike('InMemoryDocuments', () => new InMemoryDocuments());
tokensBehaveLike('InMemoryTokens', () => {
  const tokens = new InMemoryTokens();
  return { tokens, store: async (secret, token) => tokens.add(secret, token) };
});
