import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Build } from '#core/builds/build.ts';
import type { Promotion } from '#core/promotions/promotion.ts';
import type { ListedRelease } from '#core/releases/release.ts';
import type { History, Watermark } from '#core/retention/history.ts';
import type { ExpiryPlan } from '#core/retention/plan-expiry.ts';
import type { NameHold, RetentionRecords } from '#core/retention/ports.ts';
import { expireRecords } from './expire-records.ts';
import { failedConditions, isFailedCondition } from './failed-condition.ts';
import { keys } from './keys.ts';
import { readItem } from './promotion-lock.ts';
import { removeItems } from './remove-items.ts';
import { beginsWith, type Item, queryAll, recordIn, type Table } from './table.ts';

/** What the sweep of old releases needs of the table. */
export class DynamoRetention implements RetentionRecords {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async apps(): Promise<readonly string[]> {
    const items = await this.#apps();
    const swept = (item: Item): string => String(item['swept'] ?? '');
    return items
      .filter((item) => !item['deleting'])
      .toSorted((one, other) => (swept(one) < swept(other) ? -1 : 1))
      .map((item) => String(item['name']));
  }

  async sequences(): Promise<ReadonlyMap<string, number>> {
    return new Map((await this.#apps()).map((it) => [String(it['name']), Number(it['sequence'])]));
  }

  async keptBuilds(app: string): Promise<readonly Build[]> {
    const query = beginsWith(keys.partition(app), 'BUILD#', { backwards: true });
    const kept = { ...query, FilterExpression: 'attribute_not_exists(expired)' };
    return (await queryAll(this.#table, kept)).map(recordIn<Build>);
  }

  async read(app: string): Promise<History | undefined> {
    const item = await readItem(this.#table, keys.app(app));
    if (!item || item['deleting']) return undefined;
    const [releases, builds, promotions, uncleared] = await Promise.all(
      ['RELEASE#', 'BUILD#', 'PROMOTION#', 'EXPIRED#'].map((kind) => this.#newestFirst(app, kind))
    );
    return {
      app: watermarkOf(item),
      releases: (releases ?? []).map(withoutCipher),
      builds: (builds ?? []).map(recordIn<Build>),
      promotions: (promotions ?? []).map(recordIn<Promotion>),
      uncleared: (uncleared ?? []).map((it) => String(it['id'])),
    };
  }

  expire(app: Watermark, plan: ExpiryPlan, at: string): Promise<boolean> {
    return expireRecords(this.#table, { app, plan, at });
  }

  async isUnchanged({ app, builds }: History): Promise<boolean> {
    const item = await readItem(this.#table, keys.app(app.name));
    if (!item || item['deleting']) return false;
    const [newest] = await this.#newestFirst(app.name, 'BUILD#', 1);
    const now = watermarkOf(item);
    return newest?.['id'] === builds[0]?.id && marks.every((it) => now[it] === app[it]);
  }

  async removeStories(app: string, ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const query = { ...beginsWith(keys.partition(app), `EVENT#${id}#`), ...keysOnly };
      const lines = await queryAll(this.#table, query);
      const found = lines.map(({ pk, sk }) => ({ pk, sk }));
      const last = id.startsWith('P') ? [keys.checkpoint(app, id)] : [];
      await removeItems(this.#table, [...found, ...last]);
    }
  }

  async settle(app: string, ids: readonly string[]): Promise<void> {
    await removeItems(
      this.#table,
      ids.map((id) => keys.expired(app, id))
    );
  }

  async note(app: string, at: string): Promise<void> {
    await this.#update(keys.app(app), {
      UpdateExpression: 'SET swept = :at',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':at': at },
    });
  }

  async gone(): Promise<readonly string[]> {
    const items = await queryAll(this.#table, beginsWith(keys.gone.pk, keys.gone.prefix));
    return items.map((it) => String(it['name']));
  }

  async holdName(app: string, { from, until }: NameHold): Promise<'held' | 'taken' | 'busy'> {
    const { client, name: TableName } = this.#table;
    const free = {
      ConditionCheck: {
        TableName,
        Key: keys.app(app),
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    };
    const hold = {
      Update: {
        TableName,
        Key: keys.goneApp(app),
        UpdateExpression: 'SET held = :until',
        ConditionExpression:
          'attribute_exists(pk) AND (attribute_not_exists(held) OR held < :from)',
        ExpressionAttributeValues: { ':until': until, ':from': from },
      },
    };
    try {
      await client.send(new TransactWriteCommand({ TransactItems: [free, hold] }));
      return 'held';
    } catch (error) {
      const failed = failedConditions(error);
      if (failed.length === 0) throw error;
      return failed.includes(0) ? 'taken' : 'busy';
    }
  }

  async releaseName(
    app: string,
    { until }: NameHold,
    { gone }: { readonly gone: boolean }
  ): Promise<void> {
    const { client, name: TableName } = this.#table;
    const ifHeld = {
      TableName,
      Key: keys.goneApp(app),
      ConditionExpression: 'held = :until',
      ExpressionAttributeValues: { ':until': until },
    };
    const change = gone
      ? { Delete: ifHeld }
      : { Update: { ...ifHeld, UpdateExpression: 'REMOVE held' } };
    try {
      await client.send(new TransactWriteCommand({ TransactItems: [change] }));
    } catch (error) {
      if (failedConditions(error).length === 0) throw error;
    }
  }

  #apps(): Promise<readonly Item[]> {
    return queryAll(this.#table, beginsWith(keys.apps.pk, keys.apps.prefix));
  }

  #newestFirst(app: string, kind: string, limit?: number): Promise<readonly Item[]> {
    const query = beginsWith(keys.partition(app), kind, { backwards: true });
    return queryAll(this.#table, query, limit);
  }

  async #update(Key: object, change: object): Promise<void> {
    const { client, name: TableName } = this.#table;
    try {
      await client.send(new UpdateCommand({ TableName, Key: { ...Key }, ...change }));
    } catch (error) {
      if (!isFailedCondition(error)) throw error;
    }
  }
}

const keysOnly = { ProjectionExpression: 'pk, sk' };

const marks = ['sequence', 'latest', 'active', 'promotion', 'queued'] as const;

const watermarkOf = (item: Item): Watermark => {
  const { name, sequence, latest, active, promotion, queued } = recordIn<Watermark>(item);
  return { name, sequence, latest, active, promotion, queued };
};

const withoutCipher = (item: Item): ListedRelease => {
  const { cipher: _cipher, ...release } = recordIn<ListedRelease & { cipher?: string }>(item);
  return release;
};
