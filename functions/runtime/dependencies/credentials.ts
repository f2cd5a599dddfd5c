import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { DynamoBuilds } from '#adapters/dynamodb/dynamo-builds.ts';
import { DynamoGrants } from '#adapters/dynamodb/dynamo-grants.ts';
import { DynamoRegistries } from '#adapters/dynamodb/dynamo-registries.ts';
import { openTable } from '#adapters/dynamodb/table.ts';
import { KmsDataKeys } from '#adapters/kms/kms-data-keys.ts';
import { openCluster } from '#adapters/kubernetes/open-cluster.ts';
import { readKubeconfig } from '#adapters/secrets-manager/kubeconfig-secret.ts';
import type { GrantPushTaskDependencies } from '#core/builds/tasks/grant-push.ts';
import { readConfig } from '../config.ts';
import { registry } from './registry.ts';

const config = readConfig(
  z.object({
    RACK: z.string(),
    TABLE_NAME: z.string(),
    KEY_ID: z.string(),
    KUBECONFIG_SECRET: z.string(),
  })
);
const table = openTable(config.TABLE_NAME);
const dataKeys = new KmsDataKeys(new KMSClient(), { rack: config.RACK, keyId: config.KEY_ID });
const secrets = new SecretsManagerClient();

export const dependencies: GrantPushTaskDependencies = {
  rack: config.RACK,
  builds: new DynamoBuilds(table),
  grants: new DynamoGrants(table),
  cluster: openCluster(() => readKubeconfig(secrets, config.KUBECONFIG_SECRET)),
  registry,
  registries: new DynamoRegistries(table, dataKeys),
  clock: Date.now,
};
