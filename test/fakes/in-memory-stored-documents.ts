import type { StoredDocument, StoredDocuments } from '#core/retention/ports.ts';

export class InMemoryStoredDocuments implements StoredDocuments {
  readonly #apps = new Map<string, Map<string, number>>();

  async list(app: string): Promise<readonly StoredDocument[]> {
    return [...(this.#apps.get(app) ?? [])].map(([key, written]) => ({ key, written }));
  }

  async remove(app: string, keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#apps.get(app)?.delete(key);
  }

  async removeAll(app: string): Promise<void> {
    this.#apps.delete(app);
  }

  put(app: string, key: string, written: number): void {
    this.#apps.set(app, (this.#apps.get(app) ?? new Map()).set(key, written));
  }
}
