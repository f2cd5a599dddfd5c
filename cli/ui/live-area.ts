import type { Clock, Sink } from '../host.ts';

/** Lines at the bottom of a terminal that are redrawn in place, below text that scrolls. */
export interface LiveArea {
  /** Text above the area. */
  print(lines: readonly string[]): void;
  draw(lines: readonly string[]): void;
  close(): void;
}

/** Milliseconds between two drawings of the area. */
const frame = 100;
const clearBelow = '\u001b[0J';

export const liveArea = (terminal: Sink, clock: Clock): LiveArea => {
  let lines: readonly string[] = [];
  let shown = 0;
  let drawnAt = Number.NEGATIVE_INFINITY;

  const erase = (): string => (shown > 0 ? `\u001b[${shown}F${clearBelow}` : '');
  const area = (): string => {
    // A terminal that does not know its size says 0.
    const width = terminal.columns || 80;
    // What has left the screen at the top cannot be erased.
    const visible = lines.slice(0, Math.max((terminal.rows || 24) - 1, 1));
    shown = visible.length;
    return visible.map((line) => `${cut(line, width)}\n`).join('');
  };

  return {
    print: (text) => {
      const before = erase();
      terminal.write(`${before}${text.map((line) => `${line}\n`).join('')}${area()}`);
    },
    draw: (next) => {
      const now = clock.now().getTime();
      if (now - drawnAt < frame || same(next, lines)) return;
      drawnAt = now;
      lines = next;
      const before = erase();
      terminal.write(`${before}${area()}`);
    },
    close: () => {
      const before = erase();
      lines = [];
      shown = 0;
      if (before) terminal.write(before);
    },
  };
};

/** A line that wraps would be two on the screen, and one too few would be erased. */
const cut = (line: string, width: number): string =>
  line.length < width ? line : `${line.slice(0, Math.max(width - 2, 0))}…`;

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((line, index) => line === b[index]);
