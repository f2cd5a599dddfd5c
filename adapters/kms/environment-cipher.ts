import type { Apps, DataKeys } from '#core/apps/ports.ts';
import { NotFoundError } from '#core/errors.ts';
import { seal, unseal } from './sealed-text.ts';

/**
 * Environments under the app's data key, each bound to its app and release, so that one release's
 * environment can't be put in another's place.
 */
export class KeyedEnvironmentCipher {
  readonly #apps: Pick<Apps, 'find'>;
  readonly #keys: DataKeys;

  constructor(apps: Pick<Apps, 'find'>, keys: DataKeys) {
    this.#apps = apps;
    this.#keys = keys;
  }

  async encrypt(app: string, release: string, env: string): Promise<string> {
    return seal(await this.#key(app), `${app}/${release}`, env);
  }

  async decrypt(app: string, release: string, text: string): Promise<string> {
    return unseal(await this.#key(app), `${app}/${release}`, text);
  }

  async #key(name: string): Promise<Uint8Array> {
    const app = await this.#apps.find(name);
    if (!app) throw new NotFoundError(`app not found: ${name}`);
    return this.#keys.open(app);
  }
}
