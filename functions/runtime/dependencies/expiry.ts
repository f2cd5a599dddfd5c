import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { DynamoRetention } from '#adapters/dynamodb/dynamo-retention.ts';
import { openTable } from '#adapters/dynamodb/table.ts';
import { openCluster } from '#adapters/kubernetes/open-cluster.ts';
import { openBucket } from '#adapters/s3/bucket.ts';
import { S3StoredDocuments } from '#adapters/s3/s3-stored-documents.ts';
import { readKubeconfig } from '#adapters/secrets-manager/kubeconfig-secret.ts';
import type { ExpireAppDependencies } from '#core/retention/expire-app.ts';
import { readConfig } from '../config.ts';
import { openImageStore } from './image-store.ts';
import { registryConfig } from './open-registry.ts';

const count = z.coerce.number().int().min(1);
const hour = 3_600_000;

const config = readConfig(
  registryConfig.extend({
    TABLE_NAME: z.string(),
    BUCKET_NAME: z.string(),
    KUBECONFIG_SECRET: z.string(),
    RETAIN_RELEASES: count,
    RETAIN_ACTIVE: count,
    RETAIN_HOURS: z.coerce.number().min(0),
  })
);

export const dependencies: ExpireAppDependencies = {
  rack: config.RACK,
  retention: new DynamoRetention(openTable(config.TABLE_NAME)),
  cluster: openCluster(() => readKubeconfig(new SecretsManagerClient(), config.KUBECONFIG_SECRET)),
  images: openImageStore(config),
  storedDocuments: new S3StoredDocuments(openBucket(config.BUCKET_NAME)),
  rules: {
    newest: config.RETAIN_RELEASES,
    active: config.RETAIN_ACTIVE,
    safeAge: config.RETAIN_HOURS * hour,
  },
  clock: Date.now,
};
