import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Apps, DataKeys } from '#core/apps/ports.ts';
import { NotFoundError } from '#core/errors.ts';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM under the app's data key. App and release are authenticated with the text, so that
 * one release's environment can't be put in another's place. Form: base64 of iv, tag, text.
 */
export class KeyedEnvironmentCipher {
  readonly #apps: Pick<Apps, 'find'>;
  readonly #keys: DataKeys;

  constructor(apps: Pick<Apps, 'find'>, keys: DataKeys) {
    this.#apps = apps;
    this.#keys = keys;
  }

  async encrypt(app: string, release: string, env: string): Promise<string> {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv(algorithm, await this.#key(app), iv);
    cipher.setAAD(Buffer.from(`${app}/${release}`));
    const text = Buffer.concat([cipher.update(env, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64');
  }

  async decrypt(app: string, release: string, text: string): Promise<string> {
    const bytes = Buffer.from(text, 'base64');
    const decipher = createDecipheriv(algorithm, await this.#key(app), bytes.subarray(0, ivBytes));
    decipher.setAAD(Buffer.from(`${app}/${release}`));
    decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
    const rest = bytes.subarray(ivBytes + tagBytes);
    return Buffer.concat([decipher.update(rest), decipher.final()]).toString('utf8');
  }

  async #key(name: string): Promise<Uint8Array> {
    const app = await this.#apps.find(name);
    if (!app) throw new NotFoundError(`app not found: ${name}`);
    return this.#keys.open(app);
  }
}
