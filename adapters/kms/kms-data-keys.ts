import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import type { App } from '#core/apps/app.ts';
import type { DataKeys } from '#core/apps/ports.ts';

/** What KMS says of a text that another key has wrapped, or that is none. */
const foreign: ReadonlySet<string> = new Set([
  'InvalidCiphertextException',
  'IncorrectKeyException',
  'NotFoundException',
  'AccessDeniedException',
]);

/** Each app has a data key, wrapped by the rack's KMS key and bound to the rack and the app. */
export class KmsDataKeys implements DataKeys {
  readonly #kms: KMSClient;
  readonly #rack: string;
  readonly #keyId: string;
  readonly #opened = new Map<string, Promise<Uint8Array>>();

  constructor(kms: KMSClient, { rack, keyId }: { rack: string; keyId: string }) {
    this.#kms = kms;
    this.#rack = rack;
    this.#keyId = keyId;
  }

  /** A new data key, wrapped; base64. */
  async make(app: string): Promise<string> {
    const { CiphertextBlob } = await this.#kms.send(
      new GenerateDataKeyCommand({
        KeyId: this.#keyId,
        KeySpec: 'AES_256',
        EncryptionContext: this.#context(app),
      })
    );
    return Buffer.from(CiphertextBlob ?? []).toString('base64');
  }

  /** Kept for the life of the process: one KMS call for each app and cold start. */
  open({ name, dataKey }: Pick<App, 'name' | 'dataKey'>): Promise<Uint8Array> {
    const held = this.#opened.get(dataKey) ?? this.#unwrap(name, dataKey);
    this.#opened.set(dataKey, held);
    held.catch(() => this.#opened.delete(dataKey));
    return held;
  }

  /** Whether a data key was wrapped by this KMS key, for this rack and app. */
  async opens(app: App): Promise<boolean> {
    try {
      // Not what is held: that was opened under the name it was made for.
      await this.#unwrap(app.name, app.dataKey);
      return true;
    } catch (error) {
      if (error instanceof Error && foreign.has(error.name)) return false;
      throw error;
    }
  }

  async #unwrap(app: string, dataKey: string): Promise<Uint8Array> {
    const { Plaintext } = await this.#kms.send(
      new DecryptCommand({
        KeyId: this.#keyId,
        CiphertextBlob: Buffer.from(dataKey, 'base64'),
        EncryptionContext: this.#context(app),
      })
    );
    return Plaintext ?? new Uint8Array();
  }

  #context(app: string): Record<string, string> {
    return { rack: this.#rack, app };
  }
}
