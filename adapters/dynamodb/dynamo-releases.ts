import { GetCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { ExpiredError, NewerReleaseError, NotFoundError } from '#core/errors.ts';
import type { Releases } from '#core/releases/ports.ts';
import type { ListedRelease, Release } from '#core/releases/release.ts';
import { failedConditions, isFailedCondition } from './failed-condition.ts';
import { keys } from './keys.ts';
import { hasNotExpired, nextId, putNew } from './sequenced-record.ts';
import { beginsWith, queryAll, recordIn, type Table } from './table.ts';

/** Encrypts environments with the key of their app; the release's id is bound to the text. */
export interface EnvironmentCipher {
  encrypt(app: string, release: string, env: string): Promise<string>;
  decrypt(app: string, release: string, text: string): Promise<string>;
}

/** What has expired has no environment any more. */
type Stored = Omit<Release, 'env'> & { readonly cipher?: string };

export class DynamoReleases implements Releases {
  readonly #table: Table;
  readonly #cipher: EnvironmentCipher;

  constructor(table: Table, cipher: EnvironmentCipher) {
    this.#table = table;
    this.#cipher = cipher;
  }

  async list(app: string, limit: number): Promise<readonly ListedRelease[]> {
    return (await this.#newest(app, limit)).map(listed);
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
    await this.#put({ ...release, id }, item, basedOn);
    return { ...release, id };
  }

  async pin(app: string, id: string, pinned: boolean): Promise<ListedRelease> {
    const { client, name: TableName } = this.#table;
    try {
      const { Attributes = {} } = await client.send(
        new UpdateCommand({
          TableName,
          Key: keys.release(app, id),
          ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(expired)',
          ReturnValues: 'ALL_NEW',
          ...(pinned
            ? { UpdateExpression: 'SET pinned = :yes', ExpressionAttributeValues: { ':yes': true } }
            : { UpdateExpression: 'REMOVE pinned' }),
        })
      );
      return listed(recordIn<Stored>(Attributes));
    } catch (cause) {
      if (!isFailedCondition(cause)) throw cause;
      if (await this.find(app, id)) throw new ExpiredError('release', id, { cause });
      throw new NotFoundError(`release not found: ${id}`, { cause });
    }
  }

  async #put(
    { app, build }: Release,
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
    // Its images may be deleted from the moment on in which it is marked as expired.
    const usable = build ? [hasNotExpired(this.#table, keys.build(app, build))] : [];
    try {
      await client.send(
        new TransactWriteCommand({ TransactItems: [moveOn, putNew(this.#table, item), ...usable] })
      );
    } catch (cause) {
      throw refusal({ app, build }, cause);
    }
  }

  async #newest(app: string, limit: number): Promise<readonly Stored[]> {
    const query = beginsWith(keys.partition(app), 'RELEASE#', { backwards: true });
    return (await queryAll(this.#table, query, limit)).map(recordIn<Stored>);
  }

  async #open({ cipher, ...release }: Stored): Promise<Release> {
    const env = cipher ? await this.#cipher.decrypt(release.app, release.id, cipher) : '';
    return { ...release, env };
  }
}

const listed = ({ cipher: _cipher, ...release }: Stored): ListedRelease => release;

/** Why the transaction of a new release was refused. */
const refusal = ({ app, build }: Pick<Release, 'app' | 'build'>, cause: unknown): unknown => {
  const failed = failedConditions(cause);
  if (failed.length === 0) return cause;
  if (!failed.includes(0) && failed.includes(2)) return new ExpiredError('build', build, { cause });
  return new NewerReleaseError(`another release of ${app} was made at the same time`, {
    hint: 'try again',
    cause,
  });
};
