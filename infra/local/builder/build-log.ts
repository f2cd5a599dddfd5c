/** Writes the lines of one step. */
export type StepNotes = (line: string) => void;

/** Tells how a build goes in the words of BuildKit's plain progress, line by line. */
export class BuildLog {
  readonly #write: (line: string) => void;
  readonly #now: () => number;
  #steps: number = 0;

  /** `now` in ms. */
  constructor(write: (line: string) => void, now: () => number) {
    this.#write = write;
    this.#now = now;
  }

  line(text: string): void {
    this.#write(text);
  }

  /** Runs one step; its end and how long it took are told, also when it fails. */
  async step<Result>(title: string, work: (note: StepNotes) => Promise<Result>): Promise<Result> {
    this.#steps += 1;
    const number = this.#steps;
    const started = this.#now();
    this.#write(`#${number} ${title}`);
    try {
      const result = await work((line) => this.#write(`#${number} ${line}`));
      const seconds = ((this.#now() - started) / 1000).toFixed(1);
      this.#write(`#${number} DONE ${seconds}s`);
      this.#write('');
      return result;
    } catch (error) {
      this.#write(`#${number} ERROR: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
  }
}

const units = ['B', 'kB', 'MB', 'GB'];

/** Bytes as BuildKit shows them: `1.2kB`. */
export const byteCount = (bytes: number): string => {
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(2)}${units[power]}`;
};
