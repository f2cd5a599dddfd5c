import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { DynamoAdoptions } from '#adapters/dynamodb/dynamo-adoptions.ts';
import { DynamoApps } from '#adapters/dynamodb/dynamo-apps.ts';
import { openTable } from '#adapters/dynamodb/table.ts';
import { KeyedEnvironmentCipher } from '#adapters/kms/environment-cipher.ts';
import { KmsDataKeys } from '#adapters/kms/kms-data-keys.ts';
import { openCluster } from '#adapters/kubernetes/open-cluster.ts';
import { openBucket } from '#adapters/s3/bucket.ts';
import { S3Documents } from '#adapters/s3/s3-documents.ts';
import { readKubeconfig } from '#adapters/secrets-manager/kubeconfig-secret.ts';
import type { AdoptionDependencies } from '#core/adoptions/adopt-app.ts';
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
const dataKeys = new KmsDataKeys(new KMSClient(), { rack: config.RACK, keyId: config.KEY_ID });

export const dependencies: AdoptionDependencies = {
  rack: config.RACK,
  apps: new DynamoApps(table),
  // The app is not in the table yet, so its key comes with it.
  adoptions: new DynamoAdoptions(
    table,
    (app) => new KeyedEnvironmentCipher({ find: async () => app }, dataKeys)
  ),
  dataKeys,
  documents: new S3Documents(openBucket(config.BUCKET_NAME)),
  cluster: openCluster(() => readKubeconfig(new SecretsManagerClient(), config.KUBECONFIG_SECRET)),
};
