import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll } from '@jest/globals';
import { DynamoApps } from '#adapters/dynamodb/dynamo-apps.ts';
import { DynamoBuilds } from '#adapters/dynamodb/dynamo-builds.ts';
import { DynamoGrants } from '#adapters/dynamodb/dynamo-grants.ts';
import { DynamoPromotionRecords } from '#adapters/dynamodb/dynamo-promotion-records.ts';
import { DynamoPromotions } from '#adapters/dynamodb/dynamo-promotions.ts';
import { DynamoReleases } from '#adapters/dynamodb/dynamo-releases.ts';
import { DynamoRetention } from '#adapters/dynamodb/dynamo-retention.ts';
import { DynamoStories } from '#adapters/dynamodb/dynamo-stories.ts';
import { DynamoTokens } from '#adapters/dynamodb/dynamo-tokens.ts';
import { keys } from '#adapters/dynamodb/keys.ts';
import type { Table } from '#adapters/dynamodb/table.ts';
import { KeyedEnvironmentCipher } from '#adapters/kms/environment-cipher.ts';
import { KmsDataKeys } from '#adapters/kms/kms-data-keys.ts';
import type { Bucket } from '#adapters/s3/bucket.ts';
import { S3Documents } from '#adapters/s3/s3-documents.ts';
import { hashToken } from '#core/tokens/identify.ts';
import { appsBehaveLike } from '#test/ports/apps.ts';
import { buildsBehaveLike } from '#test/ports/builds.ts';
import { grantsBehaveLike } from '#test/ports/grants.ts';
import { promotionQueueBehavesLike } from '#test/ports/promotion-queue.ts';
import { promotionRecordsBehaveLike } from '#test/ports/promotion-records.ts';
import { promotionsBehaveLike } from '#test/ports/promotions.ts';
import { releasesBehaveLike } from '#test/ports/releases.ts';
import { retentionBehavesLike } from '#test/ports/retention.ts';
import { storiesBehaveLike } from '#test/ports/stories.ts';
import { tokensBehaveLike } from '#test/ports/tokens.ts';
import { promotionTurnsHold } from '#test/ports/turns/promotion-turns-hold.ts';
import { createBucket, createKey, createTable } from '../aws.ts';

let table: Table;
let bucket: Bucket;
let dataKeys: KmsDataKeys;

beforeAll(async () => {
  const { kms, keyId } = await createKey();
  [table, bucket] = await Promise.all([createTable(), createBucket()]);
  dataKeys = new KmsDataKeys(kms, { rack: 'atom', keyId });
});

const rack = () => {
  const apps = new DynamoApps(table);
  return {
    apps,
    dataKeys,
    builds: new DynamoBuilds(table),
    grants: new DynamoGrants(table),
    releases: new DynamoReleases(table, new KeyedEnvironmentCipher(apps, dataKeys)),
    promotions: new DynamoPromotions(table),
    records: new DynamoPromotionRecords(table, new S3Documents(bucket), Date.now),
    stories: new DynamoStories(table),
    retention: new DynamoRetention(table),
  };
};

appsBehaveLike('DynamoApps', rack);
buildsBehaveLike('DynamoBuilds', rack);
grantsBehaveLike('DynamoGrants', rack);
releasesBehaveLike('DynamoReleases', rack);
promotionsBehaveLike('DynamoPromotions', rack);
promotionQueueBehavesLike('DynamoPromotions', rack);
promotionTurnsHold('DynamoPromotions', rack, { runs: 20 });
promotionRecordsBehaveLike('DynamoPromotionRecords', rack);
retentionBehavesLike('DynamoRetention', rack);
storiesBehaveLike('DynamoStories', () => rack().stories);
tokensBehaveLike('DynamoTokens', () => ({
  tokens: new DynamoTokens(table),
  store: async (secret, token) => {
    const Item = { ...keys.token(hashToken(secret)), ...token };
    await table.client.send(new PutCommand({ TableName: table.name, Item }));
  },
}));
