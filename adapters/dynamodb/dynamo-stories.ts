import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { StoryEvent, StoryKey } from '#core/events/event.ts';
import type { Stories } from '#core/events/ports.ts';
import { isFailedCondition } from './failed-condition.ts';
import { keys } from './keys.ts';
import { queryAll, type Table } from './table.ts';

/** A page of a story; a reader comes back for more. */
const pageSize = 500;

export class DynamoStories implements Stories {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async read({ app, id }: StoryKey, after: number): Promise<readonly StoryEvent[]> {
    const items = await queryAll(
      this.#table,
      {
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':pk': keys.partition(app),
          ':from': keys.event(app, id, after + 1).sk,
          ':to': keys.event(app, id, 99_999_999).sk,
        },
        ConsistentRead: true,
      },
      pageSize
    );
    const events = items as unknown as StoryEvent[];
    const hole = events.findIndex((event, at) => event.sequence !== after + 1 + at);
    return (hole === -1 ? events : events.slice(0, hole)).map(withoutKeys);
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

const withoutKeys = ({ sequence, at, text, kind }: StoryEvent): StoryEvent => ({
  sequence,
  at,
  text,
  kind,
});
