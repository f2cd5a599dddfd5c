import * as z from 'zod';
import { CachedTokens } from '#adapters/dynamodb/cached-tokens.ts';
import { DynamoTokens } from '#adapters/dynamodb/dynamo-tokens.ts';
import { openTable } from '#adapters/dynamodb/table.ts';
import { readConfig } from '../config.ts';

const config = readConfig(z.object({ TABLE_NAME: z.string() }));

export const dependencies = {
  tokens: new CachedTokens(new DynamoTokens(openTable(config.TABLE_NAME)), Date.now),
  clock: Date.now,
};
