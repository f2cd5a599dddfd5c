import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { StoryEvent, StoryKey } from '#core/events/event.ts';
import type { Stories } from '#core/events/ports.ts';
import { isFailedCondition } from './failed-condition.ts';
import { keys } from './keys.ts';
import { queryAll, recordIn, type Table } from './table.ts';

/** A page of a story; a reader comes back for more. */
const pageSize = 500;
/** What the eight digits of the key can hold. */
const lastSequence = 99_999_999;

export class DynamoStories implements Stories {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async read({ app, id }: StoryKey, after: number): Promise<readonly StoryEvent[]> {
    if (after >= lastSequence) return [];
    const items = await queryAll(
      this.#table,
      {
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':pk': keys.partition(app),
          ':from': keys.event(app, id, after + 1).sk,
          ':to': keys.event(app, id, lastSequence).sk,
        },
        ConsistentRead: true,
      },
      pageSize
    );
    const events = items.map(recordIn<StoryEvent>);
    const hole = events.findIndex((event, at) => event.sequence !== after + 1 + at);
    return hole === -1 ? events : events.slice(0, hole);
  }

  async append({ app, id }: StoryKey, events: readonly StoryEvent[]): Promise<void> {
    const { client, name: TableName } = this.#table;
    await Promise.all(
      events.map((event) =>
        client
          .send(
            new PutCommand({
              TableName,
              Item: { ...keys.event(app, id, event.sequence), ...event },
              ConditionExpression: 'attribute_not_exists(pk)',
            })
          )
          .catch((error: unknown) => {
            if (!isFailedCondition(error)) throw error;
          })
      )
    );
  }
}
