import * as z from 'zod';
import { DynamoBuilds } from '#adapters/dynamodb/dynamo-builds.ts';
import { DynamoGrants } from '#adapters/dynamodb/dynamo-grants.ts';
import { openTable } from '#adapters/dynamodb/table.ts';
import { RegistryRepositories } from '#adapters/registry/registry-repositories.ts';
import { openBucket } from '#adapters/s3/bucket.ts';
import { S3Documents } from '#adapters/s3/s3-documents.ts';
import { S3Archives } from '#adapters/tar/s3-archives.ts';
import type { ImportImagesDependencies } from '#core/archives/tasks/import-images.ts';
import { readConfig } from '../config.ts';
import { insecureHosts } from './insecure-hosts.ts';
import { registry } from './registry.ts';

const config = readConfig(
  z.object({ TABLE_NAME: z.string(), BUCKET_NAME: z.string(), REGISTRY_INSECURE: insecureHosts })
);
const table = openTable(config.TABLE_NAME);
const bucket = openBucket(config.BUCKET_NAME);

export const dependencies: ImportImagesDependencies = {
  builds: new DynamoBuilds(table),
  grants: new DynamoGrants(table),
  registry,
  documents: new S3Documents(bucket),
  archives: new S3Archives(bucket),
  repositories: new RegistryRepositories(config.REGISTRY_INSECURE),
  clock: Date.now,
};
