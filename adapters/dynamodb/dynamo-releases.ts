import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { NewerReleaseError } from '#core/errors.ts';
import type { Releases } from '#core/releases/ports.ts';
import type { ListedRelease, Release } from '#core/releases/release.ts';
import { failedConditions } from './failed-condition.ts';
import { keys } from './keys.ts';
import { nextId, putNew } from './sequenced-record.ts';
import { beginsWith, queryAll, recordIn, type Table } from './table.ts';

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

  async list(app: string, limit: number): Promise<readonly ListedRelease[]> {
    return (await this.#newest(app, limit)).map(({ cipher: _cipher, ...release }) => release);
  }

  async find(app: string, id: string): Promise<Release | undefined> {
    const { client, name: TableName } = this.#table;
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: keys.release(app, id), ConsistentRead: true })
    );
    return Item && this.#open(recordIn(Item));
  }

  async latest(app: string): Promise<Release | undefined> {
    const [latest] = await this.#newest(app, 1);
    return latest && this.#open(latest);
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
      if (failedConditions(cause).length === 0) throw cause;
      throw new NewerReleaseError(`another release of ${app} was made at the same time`, {
        hint: 'try again',
        cause,
      });
    }
  }

  async #newest(app: string, limit: number): Promise<readonly Stored[]> {
    const query = beginsWith(keys.partition(app), 'RELEASE#', { backwards: true });
    return (await queryAll(this.#table, query, limit)).map(recordIn<Stored>);
  }

  async #open({ cipher, ...release }: Stored): Promise<Release> {
    return { ...release, env: await this.#cipher.decrypt(release.app, release.id, cipher) };
  }
}
