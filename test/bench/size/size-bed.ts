import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parse } from 'yaml';
import { DynamoApps } from '#adapters/dynamodb/dynamo-apps.ts';
import { DynamoBuilds } from '#adapters/dynamodb/dynamo-builds.ts';
import { DynamoPromotions } from '#adapters/dynamodb/dynamo-promotions.ts';
import { DynamoReleases } from '#adapters/dynamodb/dynamo-releases.ts';
import { DynamoStories } from '#adapters/dynamodb/dynamo-stories.ts';
import { KeyedEnvironmentCipher } from '#adapters/kms/environment-cipher.ts';
import { KmsDataKeys } from '#adapters/kms/kms-data-keys.ts';
import type { StoryEvent } from '#core/events/event.ts';
import { environmentFor } from '#infra/local/aws/access.ts';
import { createBucket, createKey, createTable, settings } from '#test/integration/aws.ts';
import { startEmulator } from '#test/integration/emulator.ts';
import { aBuild } from '#test/samples.ts';
import { anApp } from '#test/unit/core/cluster-bed.ts';
import { bundleFunction } from '../bundle.ts';
import { startCountingProxy } from '../cluster/counting-proxy.ts';
import { startAwsProxy } from './aws-proxy.ts';
import { FunctionProcess } from './function-process.ts';
import { runExecution } from './run-execution.ts';

const rack = 'bench';

export interface BigRelease {
  readonly manifest: string;
  readonly services: readonly string[];
  readonly image: string;
}

type Stores = Awaited<ReturnType<typeof openStores>>;

const openStores = async () => {
  const [{ kms, keyId }, table, bucket] = await Promise.all([
    createKey(),
    createTable(),
    createBucket(),
  ]);
  const apps = new DynamoApps(table);
  const dataKeys = new KmsDataKeys(kms, { rack, keyId });
  return {
    variables: { RACK: rack, TABLE_NAME: table.name, BUCKET_NAME: bucket.name, KEY_ID: keyId },
    apps,
    dataKeys,
    builds: new DynamoBuilds(table),
    releases: new DynamoReleases(table, new KeyedEnvironmentCipher(apps, dataKeys)),
    promotions: new DynamoPromotions(table),
    stories: new DynamoStories(table),
  };
};

/**
 * The promotion function as it is bundled, in a process of its own, between proxies that count: one
 * before the AWS emulator, one before the API server of a kubeconfig (a file).
 */
export const startSizeBed = async (kubeconfig: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'rackless-size-'));
  const emulator = await startEmulator();
  process.env['RACKLESS_TEST_EMULATOR_PORT'] = String(emulator.port);
  const [stores, aws, cluster] = await Promise.all([
    openStores(),
    startAwsProxy(emulator.port),
    startCountingProxy(readFileSync(kubeconfig, 'utf8'), join(folder, 'kubeconfig')),
  ]);
  const SecretString = readFileSync(cluster.kubeconfig, 'utf8');
  const secrets = new SecretsManagerClient(settings());
  await secrets.send(new CreateSecretCommand({ Name: 'kubeconfig', SecretString }));
  const bundle = join(folder, 'promotion.mjs');
  await bundleFunction('functions/promotion/handler.ts', bundle);
  const variables = { ...stores.variables, ...nodeOptions(), KUBECONFIG_SECRET: 'kubeconfig' };
  const environment = { ...environmentFor(process.env, aws.port), ...variables };
  return {
    rack,
    /** A cold function for each promotion, as the worst case. */
    promote: async (app: string, release: BigRelease) => {
      const promotion = await begin(stores, app, release);
      const lambda = await FunctionProcess.start(bundle, environment);
      try {
        aws.take();
        cluster.take();
        const input = { v: 1, app, promotion, attempt: 1 };
        const execution = await runExecution(input, (event) => lambda.call(event));
        const used = { aws: aws.take(), cluster: cluster.take() };
        return { execution, ...used, events: await storyOf(stores, app, promotion) };
      } finally {
        lambda.close();
      }
    },
    createApp: async (name: string) =>
      stores.apps.create(anApp({ name, dataKey: await stores.dataKeys.make(name), sequence: 0 })),
    close: async () => {
      aws.close();
      cluster.close();
      await emulator.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** As it is deployed: Node is told how much memory it may take. */
const nodeOptions = () => {
  const { promotion } = parse(readFileSync('infra/aws/promotion/functions.yml', 'utf8'));
  return { NODE_OPTIONS: String(promotion.environment.NODE_OPTIONS) };
};

/** As clients read it: page after page, never beyond a hole. */
const storyOf = async ({ stories }: Stores, app: string, id: string) => {
  const events: StoryEvent[] = [];
  for (;;) {
    const page = await stories.read({ app, id }, events.length);
    if (page.length === 0) return events;
    events.push(...page);
  }
};

const begin = async (stores: Stores, app: string, release: BigRelease): Promise<string> => {
  const images = release.services.map((service) => ({ service, image: release.image }));
  const build = await stores.builds.create(aBuild({ app, status: 'complete', images }));
  const latest = await stores.releases.latest(app);
  const { id } = await stores.releases.create(
    {
      ...{ app, build: build.id, manifest: release.manifest, env: '', actor: 'bench' },
      ...{ description: '', created: new Date().toISOString() },
    },
    latest?.id
  );
  const previous = (await stores.apps.find(app))?.active ?? '';
  const promotion = await stores.promotions.begin({
    ...{ app, release: id, previous, status: 'running', reason: '', cause: '', services: [] },
    ...{ started: new Date().toISOString(), ended: '', actor: 'bench', attempt: 1 },
  });
  return promotion.id;
};
