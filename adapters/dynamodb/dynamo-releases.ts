import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { ConflictError } from '#core/errors.ts';
import type { Releases } from '#core/releases/ports.ts';
import type { Release } from '#core/releases/release.ts';
import { failedConditions, isTransactionConflict } from './failed-condition.ts';
import { keys } from './keys.ts';
import { nextId, putNew } from './sequenced-record.ts';
import { beginsWith, queryAll, type Table } from './table.ts';

/** Encrypts environments with the key of their app; the release's id is bound to the text. */
export interface EnvironmentCipher {
  encrypt(app: string, release: string, env: string): Promise<string>;
  decrypt(app: string, release: string, text: string): Promise<string>;
}

type Stored = Omit<Release, 'env'> & { readonly cipher: string };

export class DynamoReleases implements Releases {
  readonly #table: Table;
  readonly #cipher: EnvironmentCipher;

  constructor(table: Table, cipher: EnvironmentCipher) {
    this.#table = table;
    this.#cipher = cipher;
  }

  async list(app: string, limit: number): Promise<readonly Release[]> {
    const query = beginsWith(keys.partition(app), 'RELEASE#', { backwards: true });
    const items = await queryAll(this.#table, query, limit);
    return Promise.all(items.map((item) => this.#open(item as unknown as Stored)));
  }

  async find(app: string, id: string): Promise<Release | undefined> {
    const { client, name: TableName } = this.#table;
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: keys.release(app, id), ConsistentRead: true })
    );
    return Item && this.#open(Item as Stored);
  }

  async latest(app: string): Promise<Release | undefined> {
    return (await this.list(app, 1))[0];
  }

  /** The app's item remembers its latest release; the transaction moves it on from `basedOn`. */
  async create(release: Omit<Release, 'id'>, basedOn: string | undefined): Promise<Release> {
    const id = await nextId(this.#table, 'R', release.app);
    const { env, ...fields } = release;
    const cipher = await this.#cipher.encrypt(release.app, id, env);
    const item = { ...keys.release(release.app, id), ...fields, id, cipher };
    await this.#put(release.app, item, basedOn);
    return { ...release, id };
  }

  async #put(
    app: string,
    item: Record<string, unknown>,
    basedOn: string | undefined
  ): Promise<void> {
    const { client, name: TableName } = this.#table;
    const moveOn = {
      Update: {
        TableName,
        Key: keys.app(app),
        UpdateExpression: 'SET latest = :new',
        ConditionExpression: basedOn ? 'latest = :old' : 'attribute_not_exists(latest)',
        ExpressionAttributeValues: { ':new': item['id'], ...(basedOn && { ':old': basedOn }) },
      },
    };
    try {
      await client.send(
        new TransactWriteCommand({ TransactItems: [moveOn, putNew(this.#table, item)] })
      );
    } catch (cause) {
      if (failedConditions(cause).length === 0 && !isTransactionConflict(cause)) throw cause;
      throw new ConflictError(`another release of ${app} was made at the same time`, {
        hint: 'try again',
        cause,
      });
    }
  }

  async #open({ cipher, ...release }: Stored): Promise<Release> {
    return { ...release, env: await this.#cipher.decrypt(release.app, release.id, cipher) };
  }
}
