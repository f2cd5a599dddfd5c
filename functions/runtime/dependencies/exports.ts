import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { DynamoBuilds } from '#adapters/dynamodb/dynamo-builds.ts';
import { openTable } from '#adapters/dynamodb/table.ts';
import { RegistryRepositories } from '#adapters/registry/registry-repositories.ts';
import { openBucket } from '#adapters/s3/bucket.ts';
import { S3Objects } from '#adapters/s3/s3-objects.ts';
import { S3Archives } from '#adapters/tar/s3-archives.ts';
import type { WriteExportDependencies } from '#core/archives/tasks/write-export.ts';
import { readConfig } from '../config.ts';
import { insecureHosts } from './insecure-hosts.ts';
import { registry } from './registry.ts';

const config = readConfig(
  z.object({
    RACK: z.string(),
    TABLE_NAME: z.string(),
    BUCKET_NAME: z.string(),
    REGISTRY_INSECURE: insecureHosts,
  })
);
const bucket = openBucket(config.BUCKET_NAME);

export const dependencies: WriteExportDependencies = {
  rack: { name: config.RACK },
  builds: new DynamoBuilds(openTable(config.TABLE_NAME)),
  registry,
  repositories: new RegistryRepositories(config.REGISTRY_INSECURE),
  archives: new S3Archives(bucket),
  transfers: new S3Objects(bucket, 'transfers'),
  clock: Date.now,
  sleep: (milliseconds: number): Promise<void> => sleep(milliseconds),
};
