import { mkdir } from 'node:fs/promises';
import { LayerUnpacker } from '../../cluster/node/images/layer-unpacker.ts';
import type { Layer } from '../layers/layer.ts';

/** What a stage's image holds, unpacked only when an instruction has to look at it. */
export class StageFiles {
  readonly #folder: string;
  readonly #unpacker: LayerUnpacker;
  #waiting: readonly Layer[];

  constructor(folder: string, layers: readonly Layer[]) {
    this.#folder = folder;
    this.#unpacker = new LayerUnpacker(folder);
    this.#waiting = layers;
  }

  add(layer: Layer): void {
    this.#waiting = [...this.#waiting, layer];
  }

  /** The folder with the files as they are now. */
  async root(): Promise<string> {
    await mkdir(this.#folder, { recursive: true });
    for (const { file } of this.#waiting) await this.#unpacker.unpack(file);
    this.#waiting = [];
    return this.#folder;
  }
}
