import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DataKeys } from '#core/apps/ports.ts';
import type { Registries } from '#core/registries/ports.ts';
import type { AddedRegistry, RegistryLogin } from '#core/registries/registry-login.ts';
import { seal, unseal } from '../kms/sealed-text.ts';
import { keys } from './keys.ts';
import { beginsWith, queryAll, recordIn, type Table } from './table.ts';

type Stored = AddedRegistry & {
  /** Wrapped by the rack's KMS key; of this registry alone. */
  readonly dataKey: string;
  readonly password: string;
};

interface RegistryKeys extends DataKeys {
  make(name: string): Promise<string>;
}

/** What a data key is bound to. No app is called so: their names have no slash. */
const keyName = (server: string): string => `registry/${server}`;

export class DynamoRegistries implements Registries {
  readonly #table: Table;
  readonly #keys: RegistryKeys;

  constructor(table: Table, dataKeys: RegistryKeys) {
    this.#table = table;
    this.#keys = dataKeys;
  }

  async list(): Promise<readonly AddedRegistry[]> {
    const stored = await this.#stored();
    return stored.map(({ dataKey: _key, password: _password, ...registry }) => registry);
  }

  async logins(): Promise<readonly RegistryLogin[]> {
    return Promise.all(
      (await this.#stored()).map(async ({ server, username, dataKey, password }) => {
        const key = await this.#keys.open({ name: keyName(server), dataKey });
        return { server, username, password: unseal(key, placeOf({ server, username }), password) };
      })
    );
  }

  /** With a new data key each time, so that no old text can be put back under it. */
  async put(registry: AddedRegistry, password: string): Promise<void> {
    const name = keyName(registry.server);
    const dataKey = await this.#keys.make(name);
    const key = await this.#keys.open({ name, dataKey });
    const stored: Stored = {
      ...registry,
      dataKey,
      password: seal(key, placeOf(registry), password),
    };
    await this.#table.client.send(
      new PutCommand({
        TableName: this.#table.name,
        Item: { ...keys.registry(registry.server), ...stored },
      })
    );
  }

  async remove(server: string): Promise<boolean> {
    const { Attributes } = await this.#table.client.send(
      new DeleteCommand({
        TableName: this.#table.name,
        Key: keys.registry(server),
        ReturnValues: 'ALL_OLD',
      })
    );
    return Attributes !== undefined;
  }

  async #stored(): Promise<readonly Stored[]> {
    const items = await queryAll(
      this.#table,
      beginsWith(keys.registries.pk, keys.registries.prefix)
    );
    return items.map(recordIn<Stored>);
  }
}

/** A password goes with its user name. */
const placeOf = ({ server, username }: Pick<AddedRegistry, 'server' | 'username'>): string =>
  `${server}/${username}`;
