import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { AdoptedApp, Adoptions } from '#core/adoptions/ports.ts';
import type { App } from '#core/apps/app.ts';
import { ConflictError } from '#core/errors.ts';
import type { EnvironmentCipher } from './dynamo-releases.ts';
import { failedConditions } from './failed-condition.ts';
import { keys } from './keys.ts';
import { beingClearedAway, nameIsFree, putNew } from './sequenced-record.ts';
import type { Table } from './table.ts';

/** Puts an app back under the ids that it had. */
export class DynamoAdoptions implements Adoptions {
  readonly #table: Table;
  readonly #cipherOf: (app: App) => Pick<EnvironmentCipher, 'encrypt'>;

  constructor(table: Table, cipherOf: (app: App) => Pick<EnvironmentCipher, 'encrypt'>) {
    this.#table = table;
    this.#cipherOf = cipherOf;
  }

  async restore({ app, release, build, fence }: AdoptedApp): Promise<void> {
    const { name } = app;
    const { env, ...fields } = release;
    const cipher = await this.#cipherOf(app).encrypt(name, release.id, env);
    const lock = await this.#lock(name);
    const sequence = Math.max(app.sequence, Number(lock['sequence'] ?? 0));
    const items = [
      { ...keys.release(name, release.id), ...fields, cipher },
      ...(build ? [{ ...keys.build(name, build.id), ...build }] : []),
    ];
    try {
      await this.#table.client.send(
        new TransactWriteCommand({
          TransactItems: [
            putNew(this.#table, { ...keys.app(name), ...app, sequence, latest: release.id }),
            this.#raiseFence(name, fence, lock),
            nameIsFree(this.#table, name, Date.now()),
            ...items.map((Item) => ({ Put: { TableName: this.#table.name, Item } })),
          ],
        })
      );
    } catch (cause) {
      throw refusal(name, cause);
    }
  }

  /** What is left of an earlier app of the name: its numbers go on. */
  async #lock(app: string): Promise<Readonly<Record<string, unknown>>> {
    const { client, name: TableName } = this.#table;
    const { Item = {} } = await client.send(
      new GetCommand({ TableName, Key: keys.lock(app), ConsistentRead: true })
    );
    return Item;
  }

  #raiseFence(app: string, fence: number, lock: Readonly<Record<string, unknown>>) {
    const seen = lock['fence'];
    return {
      Update: {
        TableName: this.#table.name,
        Key: keys.lock(app),
        UpdateExpression: 'SET fence = :fence',
        ConditionExpression: `attribute_not_exists(promotion) AND ${
          seen === undefined ? 'attribute_not_exists(fence)' : 'fence = :seen'
        }`,
        ExpressionAttributeValues: {
          ':fence': Math.max(fence, Number(seen ?? 0)),
          ...(seen !== undefined && { ':seen': seen }),
        },
      },
    };
  }
}

/** Why nothing was put back. */
const refusal = (app: string, cause: unknown): unknown => {
  const failed = failedConditions(cause);
  if (failed.length === 0) return cause;
  if (failed[0] === 2) return beingClearedAway(app, cause);
  const what = failed.includes(0)
    ? `app already exists: ${app}`
    : `a promotion of ${app} is in the way`;
  return new ConflictError(what, { cause });
};
