import type { KMSClient } from '@aws-sdk/client-kms';
import { beforeAll, expect, test } from '@jest/globals';
import { DynamoAdoptions } from '#adapters/dynamodb/dynamo-adoptions.ts';
import { DynamoApps } from '#adapters/dynamodb/dynamo-apps.ts';
import { DynamoBuilds } from '#adapters/dynamodb/dynamo-builds.ts';
import { DynamoPromotionRecords } from '#adapters/dynamodb/dynamo-promotion-records.ts';
import { DynamoPromotions } from '#adapters/dynamodb/dynamo-promotions.ts';
import { DynamoReleases } from '#adapters/dynamodb/dynamo-releases.ts';
import type { Table } from '#adapters/dynamodb/table.ts';
import { KeyedEnvironmentCipher } from '#adapters/kms/environment-cipher.ts';
import { KmsDataKeys } from '#adapters/kms/kms-data-keys.ts';
import { InMemoryDocuments } from '#test/fakes/in-memory-documents.ts';
import { adoptionsBehaveLike } from '#test/ports/adoptions.ts';
import { anApp } from '#test/samples.ts';
import { createKey, createTable } from '../aws.ts';

let table: Table;
let kms: KMSClient;
let keyId: string;
let dataKeys: KmsDataKeys;

beforeAll(async () => {
  [table, { kms, keyId }] = await Promise.all([createTable(), createKey()]);
  dataKeys = new KmsDataKeys(kms, { rack: 'atom', keyId });
});

adoptionsBehaveLike('DynamoAdoptions', () => {
  const apps = new DynamoApps(table);
  return {
    apps,
    dataKeys,
    adoptions: new DynamoAdoptions(
      table,
      (app) => new KeyedEnvironmentCipher({ find: async () => app }, dataKeys)
    ),
    builds: new DynamoBuilds(table),
    releases: new DynamoReleases(table, new KeyedEnvironmentCipher(apps, dataKeys)),
    promotions: new DynamoPromotions(table),
    records: new DynamoPromotionRecords(table, new InMemoryDocuments(), Date.now),
  };
});

test('a data key of this rack is told from that of another app, another rack, or none', async () => {
  const strange = new KmsDataKeys(kms, { rack: 'neutron', keyId });
  const dataKey = await dataKeys.make('shop');

  expect(await dataKeys.opens(anApp({ dataKey }))).toBe(true);
  expect(await dataKeys.opens(anApp({ name: 'blog', dataKey }))).toBe(false);
  expect(await dataKeys.opens(anApp({ dataKey: await strange.make('shop') }))).toBe(false);
  expect(await dataKeys.opens(anApp({ dataKey: 'bm9uc2Vuc2U=' }))).toBe(false);
});
