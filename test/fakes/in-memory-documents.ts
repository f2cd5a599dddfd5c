import type { Documents } from '#core/documents/ports.ts';

export class InMemoryDocuments implements Documents {
  readonly #texts = new Map<string, string>();

  async read(key: string): Promise<unknown> {
    const text = this.#texts.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  async write(key: string, document: unknown): Promise<void> {
    this.#texts.set(key, JSON.stringify(document));
  }

  /** Everything is lost. */
  clear(): void {
    this.#texts.clear();
  }
}
