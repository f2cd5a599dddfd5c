import { type Expansion, expandWord } from '../dockerfile/expand-word.ts';
import type { Layer } from '../layers/layer.ts';
import type { HistoryEntry, ImageSettings } from './image-file.ts';
import type { StageFiles } from './stage-files.ts';

/** What a stage starts from. */
export interface StageStart {
  readonly settings: ImageSettings;
  readonly layers: readonly Layer[];
  readonly history: readonly HistoryEntry[];
  readonly architecture: string;
  readonly variant: string | undefined;
  readonly author: string | undefined;
}

/** The image that the instructions of one stage put together. */
export class Stage {
  readonly files: StageFiles;
  readonly architecture: string;
  readonly variant: string | undefined;
  readonly settings: ImageSettings;
  /** Values of ARG, which end with the stage. */
  readonly values = new Map<string, string>();
  readonly #escapeMark: string;
  readonly #history: HistoryEntry[];
  readonly #layers: Layer[];
  author: string | undefined;
  /** Whether CMD was said here: ENTRYPOINT drops one that was inherited. */
  hasOwnCommand: boolean = false;

  constructor(start: StageStart, files: StageFiles, escapeMark: string) {
    this.files = files;
    this.#escapeMark = escapeMark;
    this.settings = structuredClone(start.settings);
    this.#layers = [...start.layers];
    this.#history = [...start.history];
    this.architecture = start.architecture;
    this.variant = start.variant;
    this.author = start.author;
  }

  get layers(): readonly Layer[] {
    return this.#layers;
  }

  get history(): readonly HistoryEntry[] {
    return this.#history;
  }

  get workingFolder(): string {
    return this.settings.WorkingDir || '/';
  }

  /** A variable as instructions see it: ENV wins over ARG. */
  value(name: string): string | undefined {
    return this.environment().get(name) ?? this.values.get(name);
  }

  expand(word: string): string {
    const expansion: Expansion = {
      escapeMark: this.#escapeMark,
      value: (name) => this.value(name),
    };
    return expandWord(word, expansion);
  }

  get escapeMark(): string {
    return this.#escapeMark;
  }

  environment(): ReadonlyMap<string, string> {
    return new Map(
      (this.settings.Env ?? []).map((line) => {
        const equals = line.indexOf('=');
        return equals === -1 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)];
      })
    );
  }

  setEnvironment(values: readonly (readonly [string, string])[]): void {
    const merged = new Map([...this.environment(), ...values]);
    this.settings.Env = [...merged].map(([name, value]) => `${name}=${value}`);
  }

  addLayer(layer: Layer, entry: HistoryEntry): void {
    this.#layers.push(layer);
    this.#history.push(entry);
    this.files.add(layer);
  }

  addHistory(entry: HistoryEntry): void {
    this.#history.push({ ...entry, empty_layer: true });
  }
}
