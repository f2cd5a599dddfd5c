import type { ObjectStore } from '../../object-store.ts';
import type { ConfigMap, Secret } from '../wire-objects.ts';
import { ContainerConfigError } from './container-config-error.ts';

type DataKind = 'secret' | 'configmap';

interface KeyReference {
  readonly name?: string;
  readonly key: string;
  readonly optional?: boolean;
}

const titles: Readonly<Record<DataKind, string>> = { secret: 'Secret', configmap: 'ConfigMap' };

/** The content of the Secrets and ConfigMaps of one namespace. */
export class PodData {
  readonly #store: ObjectStore;
  readonly #namespace: string;

  constructor(store: ObjectStore, namespace: string) {
    this.#store = store;
    this.#namespace = namespace;
  }

  secret(name: string): Secret | undefined {
    return this.#store.get('secrets', this.#namespace, name) as unknown as Secret | undefined;
  }

  /** Decoded values by key; undefined when there is no such object. */
  values(kind: DataKind, name: string): ReadonlyMap<string, Buffer> | undefined {
    if (kind === 'secret') {
      const secret = this.secret(name);
      return secret && decoded(secret.data, 'base64');
    }
    const found = this.#store.get('configmaps', this.#namespace, name);
    const configMap = found as unknown as ConfigMap | undefined;
    return (
      configMap &&
      new Map([...decoded(configMap.data, 'utf8'), ...decoded(configMap.binaryData, 'base64')])
    );
  }

  /** All values; undefined for an optional object that is missing. Throws `ContainerConfigError`. */
  all(kind: DataKind, name: string, optional = false): ReadonlyMap<string, Buffer> | undefined {
    const values = this.values(kind, name);
    if (values === undefined && !optional) {
      throw new ContainerConfigError(`${kind} "${name}" not found`);
    }
    return values;
  }

  /** One value; undefined for an optional one that is missing. Throws `ContainerConfigError`. */
  value(kind: DataKind, { name = '', key, optional = false }: KeyReference): Buffer | undefined {
    const values = this.all(kind, name, optional);
    const value = values?.get(key);
    if (value === undefined && !optional) {
      throw new ContainerConfigError(
        `couldn't find key ${key} in ${titles[kind]} ${this.#namespace}/${name}`
      );
    }
    return value;
  }
}

const decoded = (
  data: Readonly<Record<string, string>> | undefined,
  encoding: BufferEncoding
): Map<string, Buffer> =>
  new Map(Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, encoding)]));
