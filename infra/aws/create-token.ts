import { randomBytes } from 'node:crypto';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { keys } from '#adapters/dynamodb/keys.ts';
import { openTable } from '#adapters/dynamodb/table.ts';
import { hashToken } from '#core/tokens/identify.ts';
import type { Token } from '#core/tokens/token.ts';

/** Makes a token known to the rack and gives it: 256 bits, kept nowhere but as a hash. */
export const createToken = async ({
  tableName,
  ...token
}: Token & { readonly tableName: string }): Promise<string> => {
  const secret = randomBytes(32).toString('base64url');
  const { client, name: TableName } = openTable(tableName);
  const item = { ...keys.token(hashToken(secret)), ...token };
  await client.send(new PutCommand({ TableName, Item: item }));
  return secret;
};

const Options = z.object({
  stage: z.string().min(1),
  name: z.string().min(1),
  role: z.enum(['read', 'deploy', 'admin']).default('admin'),
});

const outputsOf = async (stack: string): Promise<ReadonlyMap<string, string>> => {
  const { Stacks: [found] = [] } = await new CloudFormationClient().send(
    new DescribeStacksCommand({ StackName: stack })
  );
  return new Map(
    (found?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue])
  );
};

/**
 * The first token of a rack, with the rights of whoever may write its table:
 * `node infra/aws/create-token.ts --stage prod --name me [--role admin]`.
 * Prints the RACK_URL that holds it, once.
 */
const main = async (): Promise<void> => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { stage: text, name: text, role: text } });
  const options = Options.safeParse(values);
  if (!options.success) throw new Error(z.prettifyError(options.error));
  const { stage, ...token } = options.data;
  const outputs = await outputsOf(`rackless-${stage}`);
  const tableName = outputs.get('TableName');
  const address = URL.parse(outputs.get('ApiUrl') ?? '');
  if (!tableName || !address) throw new Error(`stack rackless-${stage} is not deployed`);
  address.username = 'convox';
  address.password = await createToken({ tableName, ...token });
  process.stdout.write(`${address.href.replace(/\/$/, '')}\n`);
};

if (import.meta.main) {
  await main().catch((error: Error) => {
    process.stderr.write(`ERROR: ${error.message}\n`);
    process.exitCode = 1;
  });
}
