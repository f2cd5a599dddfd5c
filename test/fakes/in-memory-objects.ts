import type { Clock } from '#core/clock.ts';
import type { ContentId, Objects, UploadAddress } from '#core/objects/ports.ts';

export class InMemoryObjects implements Objects {
  readonly #contents = new Map<string, Uint8Array>();
  readonly #written = new Map<string, number>();
  readonly #clock: Clock;

  constructor(clock: Clock = Date.now) {
    this.#clock = clock;
  }

  async write(app: string, key: string, content: Uint8Array): Promise<void> {
    this.#contents.set(`${app}/${key}`, content.slice());
    this.#written.set(`${app}/${key}`, this.#clock());
  }

  async readText(app: string, key: string): Promise<string | undefined> {
    const content = this.#contents.get(`${app}/${key}`);
    return content && Buffer.from(content).toString('utf8');
  }

  async size(app: string, key: string, since = 0): Promise<number | undefined> {
    if ((this.#written.get(`${app}/${key}`) ?? 0) < since) return undefined;
    return this.#contents.get(`${app}/${key}`)?.length;
  }

  async remove(app: string, key: string): Promise<void> {
    this.#contents.delete(`${app}/${key}`);
  }

  async uploadAddress(
    app: string,
    key: string,
    { sha256, size }: ContentId
  ): Promise<UploadAddress> {
    return {
      url: `memory://${app}/${key}?sha256=${sha256}`,
      headers: {
        'x-amz-checksum-sha256': Buffer.from(sha256, 'hex').toString('base64'),
        'content-length': String(size),
      },
    };
  }

  async downloadAddress(app: string, key: string): Promise<string> {
    return `memory://${app}/${key}`;
  }
}
