import { spawn } from 'node:child_process';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { LoadOptions } from './load.ts';
import type { Tallies } from './tally.ts';

const program = fileURLToPath(new URL('main.ts', import.meta.url));

/** Load that goes on beside the caller. */
export interface Load {
  /** What is asked from now on counts for this phase. */
  readonly phase: (name: string) => void;
  readonly stop: () => Promise<Tallies>;
}

export const startLoad = (options: LoadOptions): Load => {
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const printed = text(child.stdout);
  return {
    phase: (name) => {
      child.stdin.write(`${name}\n`);
    },
    stop: async () => {
      child.stdin.end();
      return JSON.parse(await printed) as Tallies;
    },
  };
};
