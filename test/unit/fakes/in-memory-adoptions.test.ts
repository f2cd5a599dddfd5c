import { InMemoryAdoptions } from '#test/fakes/in-memory-adoptions.ts';
import { InMemoryApps } from '#test/fakes/in-memory-apps.ts';
import { InMemoryBuilds } from '#test/fakes/in-memory-builds.ts';
import { InMemoryPromotionRecords } from '#test/fakes/in-memory-promotion-records.ts';
import { InMemoryPromotions } from '#test/fakes/in-memory-promotions.ts';
import { InMemoryRecords } from '#test/fakes/in-memory-records.ts';
import { InMemoryReleases } from '#test/fakes/in-memory-releases.ts';
import { adoptionsBehaveLike } from '#test/ports/adoptions.ts';

adoptionsBehaveLike('InMemoryAdoptions', () => {
  const records = new InMemoryRecords();
  return {
    apps: new InMemoryApps(records),
    adoptions: new InMemoryAdoptions(records),
    builds: new InMemoryBuilds(records),
    releases: new InMemoryReleases(records),
    promotions: new InMemoryPromotions(records),
    records: new InMemoryPromotionRecords(records),
  };
});
