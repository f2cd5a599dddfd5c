import { DynamoApps } from '#adapters/dynamodb/dynamo-apps.ts';
import { DynamoBuilds } from '#adapters/dynamodb/dynamo-builds.ts';
import { DynamoPromotionRecords } from '#adapters/dynamodb/dynamo-promotion-records.ts';
import { DynamoPromotions } from '#adapters/dynamodb/dynamo-promotions.ts';
import { DynamoRegistries } from '#adapters/dynamodb/dynamo-registries.ts';
import { DynamoReleases } from '#adapters/dynamodb/dynamo-releases.ts';
import { DynamoStories } from '#adapters/dynamodb/dynamo-stories.ts';
import { KeyedEnvironmentCipher } from '#adapters/kms/environment-cipher.ts';
import { S3Documents } from '#adapters/s3/s3-documents.ts';
import { createApp } from '#core/apps/create-app.ts';
import type { EngineDependencies } from '#core/promotions/engine/run.ts';
import { aBuild } from '#test/samples.ts';
import type { ChaosBed } from './chaos-bed.ts';
import type { FaultyAws } from './faulty-aws.ts';
import type { ReleaseKind } from './plan.ts';

const scripts: Readonly<Record<ReleaseKind, string>> = {
  good: 'mkdir -p /tmp/www; cd /tmp/www; echo ok > index.html; exec busybox httpd -f -p $PORT',
  'crash-loop': 'exit 1',
  'missing-image': 'exec sleep 600',
};

const service = (name: string, script: string): readonly string[] => [
  `  ${name}:`,
  '    build: .',
  '    port: 3000',
  `    command: ${JSON.stringify(`sh -c '${script}'`)}`,
  '    health: { grace: 0, interval: 1 }',
  '    termination: { grace: 1 }',
  '    scale: { cpu: 1, memory: 16 }',
];

/** A lease is waited out for no longer than this; fences, not time, decide who may write. */
const longestSleep = 1_500;

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, longestSleep)));

/** One app of the chaos rack, on the real adapters. */
export class ChaosApp {
  readonly name: string;
  readonly #bed: ChaosBed;
  #releases = 0;

  private constructor(bed: ChaosBed, name: string) {
    this.#bed = bed;
    this.name = name;
  }

  static async create(bed: ChaosBed, name: string): Promise<ChaosApp> {
    const app = new ChaosApp(bed, name);
    const { apps } = app.rack();
    await createApp({ apps, dataKeys: bed.dataKeys, clock: Date.now })({ name });
    return app;
  }

  get namespace(): string {
    return `${this.#bed.rack}-${this.name}`;
  }

  /** Everything that functions work with, on clients of their own. */
  rack(faults?: FaultyAws) {
    const table = this.#bed.table(faults);
    const documents = new S3Documents(this.#bed.bucket(faults));
    const apps = new DynamoApps(table);
    const { dataKeys, rack } = this.#bed;
    return {
      rack,
      apps,
      dataKeys,
      documents,
      table,
      builds: new DynamoBuilds(table),
      registries: new DynamoRegistries(table, dataKeys),
      releases: new DynamoReleases(table, new KeyedEnvironmentCipher(apps, dataKeys)),
      promotions: new DynamoPromotions(table),
      records: new DynamoPromotionRecords(table, documents, Date.now),
      stories: new DynamoStories(table),
      cluster: this.#bed.connect(),
      clock: Date.now,
      sleep,
    } satisfies EngineDependencies & Record<string, unknown>;
  }

  /**
   * A release of `web`, and of a service that no other release has: so each promotion creates and
   * removes something.
   */
  async release(kind: ReleaseKind): Promise<string> {
    this.#releases += 1;
    const number = this.#releases;
    const { builds, releases } = this.rack();
    const { image } = this.#bed.cluster;
    const missing = image.replace(/[^/]*$/, 'there-is-none:1');
    const images = ['web', `extra${number}`].map((name, at) => ({
      service: name,
      image: kind === 'missing-image' && at === 0 ? missing : image,
    }));
    const build = await builds.create({ ...aBuild(), app: this.name, status: 'complete', images });
    const manifest = [
      'services:',
      ...service('web', `${scripts[kind]} #${number}`.replace(/^exit 1.*/, 'exit 1')),
      ...service(`extra${number}`, scripts.good),
      '',
    ].join('\n');
    const latest = await releases.latest(this.name);
    const text = { manifest, env: `NUMBER=${number}`, description: '', created: '', actor: 'test' };
    const made = await releases.create({ ...text, app: this.name, build: build.id }, latest?.id);
    return made.id;
  }
}
