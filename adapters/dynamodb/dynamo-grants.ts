import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Grant } from '#core/grants/grant.ts';
import type { Grants } from '#core/grants/ports.ts';
import { isFailedCondition } from './failed-condition.ts';
import { keys } from './keys.ts';
import { createUnder, nextId } from './sequenced-record.ts';
import { beginsWith, queryAll, recordIn, type Table } from './table.ts';

export class DynamoGrants implements Grants {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async list(app: string, limit: number): Promise<readonly Grant[]> {
    const query = beginsWith(keys.partition(app), 'GRANT#', { backwards: true });
    return (await queryAll(this.#table, query, limit)).map(recordIn<Grant>);
  }

  async create(grant: Omit<Grant, 'id'>): Promise<Grant> {
    const { app } = grant;
    const id = await nextId(this.#table, 'G', app);
    const created = { ...grant, id };
    await createUnder(this.#table, app, { ...keys.grant(app, id), ...created });
    return created;
  }

  async markRevoked(app: string, id: string, at: string): Promise<void> {
    try {
      await this.#table.client.send(
        new UpdateCommand({
          TableName: this.#table.name,
          Key: keys.grant(app, id),
          UpdateExpression: 'SET revoked = :at',
          ConditionExpression: 'revoked = :never',
          ExpressionAttributeValues: { ':at': at, ':never': '' },
        })
      );
    } catch (cause) {
      // It was taken back before, or went with its app.
      if (!isFailedCondition(cause)) throw cause;
    }
  }
}
