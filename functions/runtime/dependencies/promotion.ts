import { setTimeout as sleep } from 'node:timers/promises';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { DynamoApps } from '#adapters/dynamodb/dynamo-apps.ts';
import { DynamoBuilds } from '#adapters/dynamodb/dynamo-builds.ts';
import { DynamoPromotionRecords } from '#adapters/dynamodb/dynamo-promotion-records.ts';
import { DynamoRegistries } from '#adapters/dynamodb/dynamo-registries.ts';
import { DynamoReleases } from '#adapters/dynamodb/dynamo-releases.ts';
import { openTable } from '#adapters/dynamodb/table.ts';
import { KeyedEnvironmentCipher } from '#adapters/kms/environment-cipher.ts';
import { KmsDataKeys } from '#adapters/kms/kms-data-keys.ts';
import { openCluster } from '#adapters/kubernetes/open-cluster.ts';
import { openBucket } from '#adapters/s3/bucket.ts';
import { S3Documents } from '#adapters/s3/s3-documents.ts';
import { readKubeconfig } from '#adapters/secrets-manager/kubeconfig-secret.ts';
import type { EngineDependencies } from '#core/promotions/engine/run.ts';
import { readConfig } from '../config.ts';

const config = readConfig(
  z.object({
    RACK: z.string(),
    TABLE_NAME: z.string(),
    BUCKET_NAME: z.string(),
    KEY_ID: z.string(),
    KUBECONFIG_SECRET: z.string(),
  })
);
const table = openTable(config.TABLE_NAME);
const documents = new S3Documents(openBucket(config.BUCKET_NAME));
const apps = new DynamoApps(table);
const dataKeys = new KmsDataKeys(new KMSClient(), { rack: config.RACK, keyId: config.KEY_ID });

export const dependencies: EngineDependencies = {
  rack: config.RACK,
  apps,
  dataKeys,
  releases: new DynamoReleases(table, new KeyedEnvironmentCipher(apps, dataKeys)),
  builds: new DynamoBuilds(table),
  registries: new DynamoRegistries(table, dataKeys),
  records: new DynamoPromotionRecords(table, documents, Date.now),
  documents,
  cluster: openCluster(() => readKubeconfig(new SecretsManagerClient(), config.KUBECONFIG_SECRET)),
  clock: Date.now,
  sleep: (milliseconds) => sleep(milliseconds),
};
