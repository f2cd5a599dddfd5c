import { unpackChunk } from '#adapters/s3/unpack-chunk.ts';
import type { Chunks, ContentId, UploadAddress } from '#core/objects/ports.ts';
import { InMemoryObjects } from './in-memory-objects.ts';

interface Stored {
  readonly packed: Uint8Array;
  readonly written: number;
}

export class InMemoryChunks implements Chunks {
  readonly #stored = new Map<string, Stored>();
  readonly #addresses = new InMemoryObjects();
  readonly #clock: () => number;

  constructor(clock: () => number = Date.now) {
    this.#clock = clock;
  }

  /** As an upload does. */
  put(app: string, id: string, packed: Uint8Array): void {
    this.#stored.set(`${app}/${id}`, { packed, written: this.#clock() });
  }

  writtenAt(app: string, id: string): number | undefined {
    return this.#stored.get(`${app}/${id}`)?.written;
  }

  async retain(
    app: string,
    ids: readonly string[],
    renewBefore: number
  ): Promise<ReadonlySet<string>> {
    const here = ids.filter((id) => this.#stored.has(`${app}/${id}`));
    for (const id of here) {
      const chunk = this.#stored.get(`${app}/${id}`);
      if (chunk && chunk.written < renewBefore) this.put(app, id, chunk.packed);
    }
    return new Set(here);
  }

  async read(app: string, id: string): Promise<Uint8Array | undefined> {
    return this.#stored.get(`${app}/${id}`)?.packed;
  }

  async removeDamaged(app: string, id: string): Promise<boolean> {
    const packed = await this.read(app, id);
    if (packed && (await unpackChunk(packed, id))) return false;
    this.#stored.delete(`${app}/${id}`);
    return true;
  }

  uploadAddress(app: string, id: string, packed: ContentId): Promise<UploadAddress> {
    return this.#addresses.uploadAddress(app, `chunks/${id}`, packed);
  }

  downloadAddress(app: string, id: string): Promise<string> {
    return this.#addresses.downloadAddress(app, `chunks/${id}`);
  }
}
