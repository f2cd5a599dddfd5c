import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { DynamoApps } from '#adapters/dynamodb/dynamo-apps.ts';
import { DynamoPromotionRecords } from '#adapters/dynamodb/dynamo-promotion-records.ts';
import { DynamoPromotions } from '#adapters/dynamodb/dynamo-promotions.ts';
import { openTable } from '#adapters/dynamodb/table.ts';
import { StateMachinePromotionRuns } from '#adapters/stepfunctions/state-machine-runs.ts';
import type { Documents } from '#core/documents/ports.ts';
import { readConfig } from '../config.ts';

const config = readConfig(
  z.object({ TABLE_NAME: z.string(), PROMOTE_STATE_MACHINE_ARN: z.string() })
);
const table = openTable(config.TABLE_NAME);

/** The sweep ends promotions and reads no checkpoint of theirs. */
const noDocuments: Documents = {
  read: () => Promise.reject(new Error('the sweep reads no documents')),
  write: () => Promise.reject(new Error('the sweep writes no documents')),
};

export const dependencies = {
  apps: new DynamoApps(table),
  promotions: new DynamoPromotions(table),
  records: new DynamoPromotionRecords(table, noDocuments, Date.now),
  promotionRuns: new StateMachinePromotionRuns(new SFNClient(), config.PROMOTE_STATE_MACHINE_ARN),
};
