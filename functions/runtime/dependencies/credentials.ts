import { ECRClient } from '@aws-sdk/client-ecr';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { DynamoBuilds } from '#adapters/dynamodb/dynamo-builds.ts';
import { openTable } from '#adapters/dynamodb/table.ts';
import { EcrPushGrants } from '#adapters/ecr/ecr-push-grants.ts';
import { openCluster } from '#adapters/kubernetes/open-cluster.ts';
import { readKubeconfig } from '#adapters/secrets-manager/kubeconfig-secret.ts';
import type { GrantPushDependencies } from '#core/builds/tasks/grant-push.ts';
import { readConfig } from '../config.ts';

const config = readConfig(
  z.object({
    RACK: z.string(),
    TABLE_NAME: z.string(),
    KUBECONFIG_SECRET: z.string(),
    PUSH_ROLE_ARN: z.string(),
    REGISTRY_HOST: z.string().min(1),
    REPOSITORY_ARNS: z.string().min(1),
  })
);
const secrets = new SecretsManagerClient();

export const dependencies: GrantPushDependencies = {
  rack: config.RACK,
  builds: new DynamoBuilds(openTable(config.TABLE_NAME)),
  cluster: openCluster(() => readKubeconfig(secrets, config.KUBECONFIG_SECRET)),
  grants: new EcrPushGrants(
    {
      ecr: new ECRClient(),
      sts: new STSClient(),
      ecrAs: (credentials) => new ECRClient({ credentials }),
    },
    {
      rack: config.RACK,
      pushRoleArn: config.PUSH_ROLE_ARN,
      registryHost: config.REGISTRY_HOST,
      repositoryArns: config.REPOSITORY_ARNS,
    },
    Date.now
  ),
};
