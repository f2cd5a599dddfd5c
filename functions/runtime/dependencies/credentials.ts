import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { DynamoBuilds } from '#adapters/dynamodb/dynamo-builds.ts';
import { DynamoGrants } from '#adapters/dynamodb/dynamo-grants.ts';
import { openTable } from '#adapters/dynamodb/table.ts';
import { openCluster } from '#adapters/kubernetes/open-cluster.ts';
import { readKubeconfig } from '#adapters/secrets-manager/kubeconfig-secret.ts';
import type { GrantPushTaskDependencies } from '#core/builds/tasks/grant-push.ts';
import { readConfig } from '../config.ts';
import { registry } from './registry.ts';

const config = readConfig(
  z.object({ RACK: z.string(), TABLE_NAME: z.string(), KUBECONFIG_SECRET: z.string() })
);
const table = openTable(config.TABLE_NAME);
const secrets = new SecretsManagerClient();

export const dependencies: GrantPushTaskDependencies = {
  rack: config.RACK,
  builds: new DynamoBuilds(table),
  grants: new DynamoGrants(table),
  cluster: openCluster(() => readKubeconfig(secrets, config.KUBECONFIG_SECRET)),
  registry,
  clock: Date.now,
};
