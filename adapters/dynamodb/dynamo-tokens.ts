import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Token, Tokens } from '#core/tokens/token.ts';
import { keys } from './keys.ts';
import { recordIn, type Table } from './table.ts';

export class DynamoTokens implements Tokens {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async find(hash: string): Promise<Token | undefined> {
    const { client, name: TableName } = this.#table;
    // Consistent: a token that has just been made or revoked must count at once.
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: keys.token(hash), ConsistentRead: true })
    );
    return Item && recordIn<Token>(Item);
  }
}
