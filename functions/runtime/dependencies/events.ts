import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { DynamoApps } from '#adapters/dynamodb/dynamo-apps.ts';
import { DynamoPromotions } from '#adapters/dynamodb/dynamo-promotions.ts';
import { openTable } from '#adapters/dynamodb/table.ts';
import { StateMachinePromotionRuns } from '#adapters/stepfunctions/state-machine-runs.ts';
import { readConfig } from '../config.ts';

const config = readConfig(
  z.object({ TABLE_NAME: z.string(), PROMOTE_STATE_MACHINE_ARN: z.string() })
);
const table = openTable(config.TABLE_NAME);

export const dependencies = {
  apps: new DynamoApps(table),
  promotions: new DynamoPromotions(table),
  promotionRuns: new StateMachinePromotionRuns(new SFNClient(), config.PROMOTE_STATE_MACHINE_ARN),
};
