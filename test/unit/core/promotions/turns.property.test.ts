import { InMemoryApps } from '#test/fakes/in-memory-apps.ts';
import { InMemoryBuilds } from '#test/fakes/in-memory-builds.ts';
import { InMemoryPromotionRecords } from '#test/fakes/in-memory-promotion-records.ts';
import { InMemoryPromotions } from '#test/fakes/in-memory-promotions.ts';
import { InMemoryRecords } from '#test/fakes/in-memory-records.ts';
import { InMemoryReleases } from '#test/fakes/in-memory-releases.ts';
import { promotionTurnsHold } from '#test/ports/turns/promotion-turns-hold.ts';

const rack = () => {
  const records = new InMemoryRecords();
  return {
    apps: new InMemoryApps(records),
    builds: new InMemoryBuilds(records),
    releases: new InMemoryReleases(records),
    promotions: new InMemoryPromotions(records),
    records: new InMemoryPromotionRecords(records),
  };
};

promotionTurnsHold('in memory', rack, { runs: 300, isScheduled: true });
