import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { DynamoApps } from '#adapters/dynamodb/dynamo-apps.ts';
import { DynamoBuilds } from '#adapters/dynamodb/dynamo-builds.ts';
import { DynamoPromotionRecords } from '#adapters/dynamodb/dynamo-promotion-records.ts';
import { DynamoPromotions } from '#adapters/dynamodb/dynamo-promotions.ts';
import { openTable } from '#adapters/dynamodb/table.ts';
import {
  StateMachineBuildRuns,
  StateMachinePromotionRuns,
} from '#adapters/stepfunctions/state-machine-runs.ts';
import type { Documents } from '#core/documents/ports.ts';
import { readConfig } from '../config.ts';

const config = readConfig(
  z.object({
    TABLE_NAME: z.string(),
    BUILD_STATE_MACHINE_ARN: z.string(),
    PROMOTE_STATE_MACHINE_ARN: z.string(),
  })
);
const table = openTable(config.TABLE_NAME);
const sfn = new SFNClient();

/** The sweep ends promotions and reads no checkpoint of theirs. */
const noDocuments: Documents = {
  read: () => Promise.reject(new Error('the sweep reads no documents')),
  write: () => Promise.reject(new Error('the sweep writes no documents')),
};

export const dependencies = {
  apps: new DynamoApps(table),
  builds: new DynamoBuilds(table),
  buildRuns: new StateMachineBuildRuns(sfn, config.BUILD_STATE_MACHINE_ARN),
  promotions: new DynamoPromotions(table),
  records: new DynamoPromotionRecords(table, noDocuments, Date.now),
  promotionRuns: new StateMachinePromotionRuns(sfn, config.PROMOTE_STATE_MACHINE_ARN),
  clock: Date.now,
};
