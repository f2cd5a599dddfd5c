import { ECRClient } from '@aws-sdk/client-ecr';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { DynamoApps } from '#adapters/dynamodb/dynamo-apps.ts';
import { DynamoBuilds } from '#adapters/dynamodb/dynamo-builds.ts';
import { DynamoGrants } from '#adapters/dynamodb/dynamo-grants.ts';
import { DynamoReleases } from '#adapters/dynamodb/dynamo-releases.ts';
import { openTable } from '#adapters/dynamodb/table.ts';
import { EcrRegistry } from '#adapters/ecr/ecr-registry.ts';
import { KeyedEnvironmentCipher } from '#adapters/kms/environment-cipher.ts';
import { KmsDataKeys } from '#adapters/kms/kms-data-keys.ts';
import { openCluster } from '#adapters/kubernetes/open-cluster.ts';
import { RegistryImages } from '#adapters/registry/registry-images.ts';
import { openBucket } from '#adapters/s3/bucket.ts';
import { S3Objects } from '#adapters/s3/s3-objects.ts';
import { readKubeconfig } from '#adapters/secrets-manager/kubeconfig-secret.ts';
import { StateMachineBuildRuns } from '#adapters/stepfunctions/state-machine-runs.ts';
import type { Apps } from '#core/apps/ports.ts';
import type { BuildRuns, Builds } from '#core/builds/ports.ts';
import type { Images } from '#core/builds/task-ports.ts';
import type { GrantPushTaskDependencies } from '#core/builds/tasks/grant-push.ts';
import type { Objects } from '#core/objects/ports.ts';
import type { Releases } from '#core/releases/ports.ts';
import { readConfig } from '../config.ts';
import { insecureHosts } from './insecure-hosts.ts';

const config = readConfig(
  z.object({
    RACK: z.string(),
    TABLE_NAME: z.string(),
    BUCKET_NAME: z.string(),
    KEY_ID: z.string(),
    KUBECONFIG_SECRET: z.string(),
    BUILD_STATE_MACHINE_ARN: z.string(),
    PUSH_ROLE_ARN: z.string(),
    REGISTRY_HOST: z.string().min(1),
    REGISTRY_INSECURE: insecureHosts,
    REPOSITORY_ARNS: z.string().min(1),
  })
);
const table = openTable(config.TABLE_NAME);
const secrets = new SecretsManagerClient();
const apps = new DynamoApps(table);
const dataKeys = new KmsDataKeys(new KMSClient(), { rack: config.RACK, keyId: config.KEY_ID });

/** What the group's routes and tasks work on. */
export interface CredentialsDependencies extends GrantPushTaskDependencies {
  readonly apps: Apps;
  readonly builds: Builds;
  readonly buildRuns: BuildRuns;
  readonly objects: Pick<Objects, 'size'>;
  readonly releases: Pick<Releases, 'list'>;
  readonly images: Images;
}

export const dependencies: CredentialsDependencies = {
  rack: config.RACK,
  apps,
  builds: new DynamoBuilds(table),
  buildRuns: new StateMachineBuildRuns(new SFNClient(), config.BUILD_STATE_MACHINE_ARN),
  grants: new DynamoGrants(table),
  objects: new S3Objects(openBucket(config.BUCKET_NAME)),
  // Only listed, which decrypts nothing: the role may not use the key.
  releases: new DynamoReleases(table, new KeyedEnvironmentCipher(apps, dataKeys)),
  images: new RegistryImages(config.REGISTRY_INSECURE),
  cluster: openCluster(() => readKubeconfig(secrets, config.KUBECONFIG_SECRET)),
  registry: new EcrRegistry(
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
  clock: Date.now,
};
