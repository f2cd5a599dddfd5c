import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { App, Policy } from '#core/apps/app.ts';
import type { Apps } from '#core/apps/ports.ts';
import type { Clock } from '#core/clock.ts';
import { ConflictError, NotFoundError } from '#core/errors.ts';
import { failedConditions, isFailedCondition } from './failed-condition.ts';
import { keys } from './keys.ts';
import { readItem } from './promotion-lock.ts';
import { removeItems } from './remove-items.ts';
import { beingClearedAway, nameIsFree, putNew } from './sequenced-record.ts';
import { beginsWith, type Item, queryAll, recordIn, setFields, type Table } from './table.ts';

/**
 * The app's item also knows its latest release, for the transactions of `DynamoReleases`, and when old
 * ones were swept.
 */
type Stored = App & { readonly latest?: string; readonly swept?: string };

const appIn = (item: Item): App => {
  const { latest: _latest, swept: _swept, ...app } = recordIn<Stored>(item);
  return app;
};

export class DynamoApps implements Apps {
  readonly #table: Table;
  readonly #clock: Clock;

  constructor(table: Table, clock: Clock = Date.now) {
    this.#table = table;
    this.#clock = clock;
  }

  async list(): Promise<readonly App[]> {
    const items = await queryAll(this.#table, beginsWith(keys.apps.pk, keys.apps.prefix));
    return items.map(appIn);
  }

  async find(name: string): Promise<App | undefined> {
    const item = await readItem(this.#table, keys.app(name));
    return item && appIn(item);
  }

  /** Goes on with the numbers of an earlier app of the name: its ids may still be about. */
  async create(app: App): Promise<void> {
    const retired = await readItem(this.#table, keys.lock(app.name));
    const sequence = Math.max(app.sequence, Number(retired?.['sequence'] ?? 0));
    const item = { ...keys.app(app.name), ...app, sequence };
    try {
      // A transaction can be repeated by the SDK without taking its own app for somebody else's.
      await this.#table.client.send(
        new TransactWriteCommand({
          TransactItems: [
            putNew(this.#table, item),
            nameIsFree(this.#table, app.name, this.#clock()),
          ],
        })
      );
    } catch (cause) {
      const failed = failedConditions(cause);
      if (failed.length === 0) throw cause;
      if (failed[0] === 1) throw beingClearedAway(app.name, cause);
      throw new ConflictError(`app already exists: ${app.name}`, { cause });
    }
  }

  async change(name: string, change: { locked?: boolean; policy?: Policy }): Promise<void> {
    await this.#update(name, change);
  }

  async markDeleting(name: string): Promise<void> {
    await this.#update(name, { deleting: true });
  }

  async remove(name: string): Promise<void> {
    if (!(await this.find(name))) return;
    await this.#noteGone(name);
    await this.#removeRecords(name);
  }

  /** Nor does a note of an earlier app of the name stay: what is left belongs to this one. */
  async forget(name: string): Promise<void> {
    if (!(await this.find(name))) return;
    await removeItems(this.#table, [keys.goneApp(name)]);
    await this.#removeRecords(name);
  }

  /** A note that is there already stays as it is: somebody may hold it. */
  async #noteGone(name: string): Promise<void> {
    const { client, name: TableName } = this.#table;
    await client.send(
      new UpdateCommand({
        TableName,
        Key: keys.goneApp(name),
        UpdateExpression: 'SET #name = :name',
        ExpressionAttributeNames: { '#name': 'name' },
        ExpressionAttributeValues: { ':name': name },
      })
    );
  }

  /**
   * In an order in which a removal that was cut off can be repeated: nothing new comes, whoever
   * holds the app loses it, the records go, and the app's own item goes last. The lock stays with
   * its numbers, so that a new app of the name repeats none, in ids as in fences.
   */
  async #removeRecords(name: string): Promise<void> {
    const { sequence } = await this.#update(name, { deleting: true });
    await this.#retireLock(name, sequence);
    const items = await queryAll(this.#table, {
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': keys.partition(name) },
      ConsistentRead: true,
    });
    const lock = keys.lock(name).sk;
    const records = items.filter(({ sk }) => sk !== lock).map(({ pk, sk }) => ({ pk, sk }));
    await removeItems(this.#table, records);
    await removeItems(this.#table, [keys.app(name)]);
  }

  /** The lease stays: its holder may write to the cluster until then. */
  async #retireLock(name: string, sequence: number): Promise<void> {
    const { client, name: TableName } = this.#table;
    await client.send(
      new UpdateCommand({
        TableName,
        Key: keys.lock(name),
        UpdateExpression:
          'SET #sequence = :sequence REMOVE promotion, queued, attempt, cancel, activated ADD fence :one',
        ExpressionAttributeNames: { '#sequence': 'sequence' },
        ExpressionAttributeValues: { ':sequence': sequence, ':one': 1 },
      })
    );
  }

  async #update(name: string, fields: object): Promise<App> {
    const { client, name: TableName } = this.#table;
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: keys.app(name),
          ConditionExpression: 'attribute_exists(pk)',
          ReturnValues: 'ALL_NEW',
          ...setFields(fields),
        })
      );
      return appIn(Attributes ?? {});
    } catch (cause) {
      if (!isFailedCondition(cause)) throw cause;
      throw new NotFoundError(`app not found: ${name}`, { cause });
    }
  }
}
