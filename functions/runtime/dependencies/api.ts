import { setTimeout as sleep } from 'node:timers/promises';
import { KMSClient } from '@aws-sdk/client-kms';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { DynamoApps } from '#adapters/dynamodb/dynamo-apps.ts';
import { DynamoBuilds } from '#adapters/dynamodb/dynamo-builds.ts';
import { DynamoPromotions } from '#adapters/dynamodb/dynamo-promotions.ts';
import { DynamoReleases } from '#adapters/dynamodb/dynamo-releases.ts';
import { DynamoStories } from '#adapters/dynamodb/dynamo-stories.ts';
import { openTable } from '#adapters/dynamodb/table.ts';
import { KeyedEnvironmentCipher } from '#adapters/kms/environment-cipher.ts';
import { KmsDataKeys } from '#adapters/kms/kms-data-keys.ts';
import { openBucket } from '#adapters/s3/bucket.ts';
import { archiveChunks, S3Chunks } from '#adapters/s3/s3-chunks.ts';
import { S3Documents } from '#adapters/s3/s3-documents.ts';
import { S3Objects } from '#adapters/s3/s3-objects.ts';
import {
  StateMachineBuildRuns,
  StateMachineExportRuns,
  StateMachinePromotionRuns,
} from '#adapters/stepfunctions/state-machine-runs.ts';
import type { Apps } from '#core/apps/ports.ts';
import type { ExportRuns } from '#core/archives/ports.ts';
import type { BuildRuns, Builds } from '#core/builds/ports.ts';
import type { Clock } from '#core/clock.ts';
import type { Documents } from '#core/documents/ports.ts';
import type { Stories } from '#core/events/ports.ts';
import type { Chunks, Objects } from '#core/objects/ports.ts';
import type { PromotionRuns, Promotions } from '#core/promotions/ports.ts';
import type { Releases } from '#core/releases/ports.ts';
import type { RackFacts } from '#core/system/get-system.ts';
import { readConfig } from '../config.ts';

const config = readConfig(
  z.object({
    RACK: z.string(),
    AWS_REGION: z.string(),
    TABLE_NAME: z.string(),
    BUCKET_NAME: z.string(),
    KEY_ID: z.string(),
    DOMAIN: z.string(),
    VERSION: z.string(),
    BUILD_STATE_MACHINE_ARN: z.string(),
    EXPORT_STATE_MACHINE_ARN: z.string(),
    PROMOTE_STATE_MACHINE_ARN: z.string(),
  })
);
const table = openTable(config.TABLE_NAME);
const bucket = openBucket(config.BUCKET_NAME);
const sfn = new SFNClient();
const apps = new DynamoApps(table);
const dataKeys = new KmsDataKeys(new KMSClient(), { rack: config.RACK, keyId: config.KEY_ID });

/** What the routes of the group work on, whatever stands behind it. */
export interface ApiDependencies {
  readonly rack: RackFacts;
  readonly apps: Apps;
  readonly dataKeys: { make(app: string): Promise<string> };
  readonly builds: Builds;
  readonly releases: Releases;
  readonly promotions: Promotions;
  readonly stories: Stories;
  readonly objects: Objects;
  /** Archives of builds, on their way in or out. */
  readonly transfers: Objects;
  readonly chunks: Chunks;
  /** Of archives to import. */
  readonly archiveChunks: Chunks;
  readonly documents: Documents;
  readonly buildRuns: BuildRuns;
  readonly exportRuns: ExportRuns;
  readonly promotionRuns: PromotionRuns;
  readonly clock: Clock;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export const dependencies: ApiDependencies = {
  rack: {
    name: config.RACK,
    region: config.AWS_REGION,
    domain: config.DOMAIN,
    version: config.VERSION,
  },
  apps,
  dataKeys,
  builds: new DynamoBuilds(table),
  releases: new DynamoReleases(table, new KeyedEnvironmentCipher(apps, dataKeys)),
  promotions: new DynamoPromotions(table),
  stories: new DynamoStories(table),
  objects: new S3Objects(bucket),
  transfers: new S3Objects(bucket, 'transfers'),
  chunks: new S3Chunks(bucket),
  archiveChunks: archiveChunks(bucket),
  documents: new S3Documents(bucket),
  buildRuns: new StateMachineBuildRuns(sfn, config.BUILD_STATE_MACHINE_ARN),
  exportRuns: new StateMachineExportRuns(sfn, config.EXPORT_STATE_MACHINE_ARN),
  promotionRuns: new StateMachinePromotionRuns(sfn, config.PROMOTE_STATE_MACHINE_ARN),
  clock: Date.now,
  sleep: (milliseconds: number): Promise<void> => sleep(milliseconds),
};
