import { setTimeout as sleep } from 'node:timers/promises';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { DynamoApps } from '#adapters/dynamodb/dynamo-apps.ts';
import { DynamoBuilds } from '#adapters/dynamodb/dynamo-builds.ts';
import { DynamoRegistries } from '#adapters/dynamodb/dynamo-registries.ts';
import { DynamoReleases } from '#adapters/dynamodb/dynamo-releases.ts';
import { DynamoStories } from '#adapters/dynamodb/dynamo-stories.ts';
import { openTable } from '#adapters/dynamodb/table.ts';
import { KeyedEnvironmentCipher } from '#adapters/kms/environment-cipher.ts';
import { KmsDataKeys } from '#adapters/kms/kms-data-keys.ts';
import { openCluster } from '#adapters/kubernetes/open-cluster.ts';
import { RegistryImages } from '#adapters/registry/registry-images.ts';
import { openBucket } from '#adapters/s3/bucket.ts';
import { S3Chunks } from '#adapters/s3/s3-chunks.ts';
import { S3Documents } from '#adapters/s3/s3-documents.ts';
import { S3Objects } from '#adapters/s3/s3-objects.ts';
import { readKubeconfig } from '#adapters/secrets-manager/kubeconfig-secret.ts';
import { S3Archives } from '#adapters/tar/s3-archives.ts';
import { S3Sources } from '#adapters/tar/s3-sources.ts';
import { parseNodeSelector, parseTolerations } from '#core/builds/parse-placement.ts';
import type { BuildDependencies } from '#core/builds/tasks/tasks.ts';
import { readConfig } from '../config.ts';
import { accountsOf } from './accounts-of.ts';
import { insecureHosts } from './insecure-hosts.ts';

const config = readConfig(
  z.object({
    RACK: z.string(),
    TABLE_NAME: z.string(),
    BUCKET_NAME: z.string(),
    KEY_ID: z.string(),
    KUBECONFIG_SECRET: z.string(),
    BUILDER_IMAGE: z.string().min(1),
    BUILDER_MODE: z.enum(['rootless', 'privileged']),
    BUILD_CPU: z.string().min(1),
    BUILD_MEMORY: z.string().min(1),
    BUILD_DEADLINE: z.coerce.number().int().min(60).max(3600),
    BUILD_SILENCE: z.coerce.number().int().min(0),
    BUILD_NODE_SELECTOR: z.string().transform(parseNodeSelector),
    BUILD_SBOM: z.string(),
    COPY_IMAGES: z.enum(['true', 'false']).transform((text) => text === 'true'),
    BUILD_TOLERATIONS: z.string().transform(parseTolerations),
    REGISTRY_INSECURE: insecureHosts,
  })
);
const table = openTable(config.TABLE_NAME);
const bucket = openBucket(config.BUCKET_NAME);
const secrets = new SecretsManagerClient();
const apps = new DynamoApps(table);
const dataKeys = new KmsDataKeys(new KMSClient(), { rack: config.RACK, keyId: config.KEY_ID });

export const dependencies: BuildDependencies = {
  rack: config.RACK,
  apps,
  builds: new DynamoBuilds(table),
  releases: new DynamoReleases(table, new KeyedEnvironmentCipher(apps, dataKeys)),
  stories: new DynamoStories(table),
  documents: new S3Documents(bucket),
  objects: new S3Objects(bucket),
  chunks: new S3Chunks(bucket),
  sources: new S3Sources(bucket),
  archives: new S3Archives(bucket),
  images: new RegistryImages(
    config.REGISTRY_INSECURE,
    accountsOf(new DynamoRegistries(table, dataKeys))
  ),
  cluster: openCluster(() => readKubeconfig(secrets, config.KUBECONFIG_SECRET)),
  settings: {
    image: config.BUILDER_IMAGE,
    mode: config.BUILDER_MODE,
    cpu: config.BUILD_CPU,
    memory: config.BUILD_MEMORY,
    deadline: config.BUILD_DEADLINE,
    sbom: config.BUILD_SBOM,
    silence: config.BUILD_SILENCE,
    nodeSelector: config.BUILD_NODE_SELECTOR,
    tolerations: config.BUILD_TOLERATIONS,
    copyImages: config.COPY_IMAGES,
    insecureRegistries: config.REGISTRY_INSECURE,
  },
  clock: Date.now,
  pause: (milliseconds) => sleep(milliseconds),
};
