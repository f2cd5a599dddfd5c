import { KMSClient } from '@aws-sdk/client-kms';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { DynamoApps } from '#adapters/dynamodb/dynamo-apps.ts';
import { DynamoBuilds } from '#adapters/dynamodb/dynamo-builds.ts';
import { DynamoGrants } from '#adapters/dynamodb/dynamo-grants.ts';
import { DynamoRegistries } from '#adapters/dynamodb/dynamo-registries.ts';
import { DynamoReleases } from '#adapters/dynamodb/dynamo-releases.ts';
import { openTable } from '#adapters/dynamodb/table.ts';
import { KeyedEnvironmentCipher } from '#adapters/kms/environment-cipher.ts';
import { KmsDataKeys } from '#adapters/kms/kms-data-keys.ts';
import { RegistryImages } from '#adapters/registry/registry-images.ts';
import { HttpRegistryProbe } from '#adapters/registry/registry-probe.ts';
import { openBucket } from '#adapters/s3/bucket.ts';
import { S3Objects } from '#adapters/s3/s3-objects.ts';
import { StateMachineBuildRuns } from '#adapters/stepfunctions/state-machine-runs.ts';
import type { Apps } from '#core/apps/ports.ts';
import type { BuildRuns, Builds } from '#core/builds/ports.ts';
import type { Images } from '#core/builds/task-ports.ts';
import type { GrantPushDependencies } from '#core/grants/grant-push.ts';
import type { Objects } from '#core/objects/ports.ts';
import type { Registries } from '#core/registries/ports.ts';
import type { RegistryProbe } from '#core/registries/probe.ts';
import type { Releases } from '#core/releases/ports.ts';
import { readConfig } from '../config.ts';
import { accountsOf } from './accounts-of.ts';
import { insecureHosts } from './insecure-hosts.ts';
import { registry } from './registry.ts';

const config = readConfig(
  z.object({
    RACK: z.string(),
    TABLE_NAME: z.string(),
    BUCKET_NAME: z.string(),
    KEY_ID: z.string(),
    BUILD_STATE_MACHINE_ARN: z.string(),
    REGISTRY_INSECURE: insecureHosts,
  })
);
const table = openTable(config.TABLE_NAME);
const apps = new DynamoApps(table);
const dataKeys = new KmsDataKeys(new KMSClient(), { rack: config.RACK, keyId: config.KEY_ID });

const registries = new DynamoRegistries(table, dataKeys);

/** What the routes of the group work on. */
export interface GrantsDependencies extends GrantPushDependencies {
  readonly apps: Apps;
  readonly builds: Builds;
  readonly buildRuns: BuildRuns;
  readonly objects: Pick<Objects, 'size'>;
  readonly releases: Pick<Releases, 'list'>;
  readonly images: Images;
  readonly registries: Registries;
  readonly probe: RegistryProbe;
}

export const dependencies: GrantsDependencies = {
  apps,
  builds: new DynamoBuilds(table),
  buildRuns: new StateMachineBuildRuns(new SFNClient(), config.BUILD_STATE_MACHINE_ARN),
  grants: new DynamoGrants(table),
  objects: new S3Objects(openBucket(config.BUCKET_NAME)),
  // Only listed, which decrypts nothing: the role may not use the key.
  releases: new DynamoReleases(table, new KeyedEnvironmentCipher(apps, dataKeys)),
  images: new RegistryImages(config.REGISTRY_INSECURE, accountsOf(registries)),
  registries,
  probe: new HttpRegistryProbe(config.REGISTRY_INSECURE),
  registry,
  clock: Date.now,
};
