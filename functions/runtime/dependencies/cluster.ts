import { setTimeout as sleep } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { DynamoApps } from '#adapters/dynamodb/dynamo-apps.ts';
import { DynamoBuilds } from '#adapters/dynamodb/dynamo-builds.ts';
import { DynamoPromotions } from '#adapters/dynamodb/dynamo-promotions.ts';
import { openTable } from '#adapters/dynamodb/table.ts';
import { openCluster } from '#adapters/kubernetes/open-cluster.ts';
import { readKubeconfig } from '#adapters/secrets-manager/kubeconfig-secret.ts';
import { StateMachineBuildRuns } from '#adapters/stepfunctions/state-machine-runs.ts';
import { readConfig } from '../config.ts';

const config = readConfig(
  z.object({
    RACK: z.string(),
    TABLE_NAME: z.string(),
    KUBECONFIG_SECRET: z.string(),
    DOMAIN: z.string(),
    BUILD_STATE_MACHINE_ARN: z.string(),
  })
);
const table = openTable(config.TABLE_NAME);
const secrets = new SecretsManagerClient();

export const dependencies = {
  rack: config.RACK,
  domain: config.DOMAIN,
  apps: new DynamoApps(table),
  builds: new DynamoBuilds(table),
  buildRuns: new StateMachineBuildRuns(new SFNClient(), config.BUILD_STATE_MACHINE_ARN),
  promotions: new DynamoPromotions(table),
  cluster: openCluster(() => readKubeconfig(secrets, config.KUBECONFIG_SECRET)),
  clock: Date.now,
  pause: (milliseconds: number): Promise<void> => sleep(milliseconds),
};

export type ClusterDependencies = typeof dependencies;
