import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { record } from './record.ts';
import { scenarios } from './scenarios.ts';

const folder = new URL('../../fixtures/recordings/', import.meta.url).pathname;
const names = process.argv.slice(2);
const unknown = names.filter((it) => !scenarios[it]);

if (names.length === 0 || unknown.length > 0) {
  const known = Object.entries(scenarios).map(([name, { note }]) => `  ${name.padEnd(20)}${note}`);
  console.error(`usage: npm run record -- SCENARIO... | all\n\n${known.join('\n')}`);
  process.exitCode = 2;
} else {
  mkdirSync(folder, { recursive: true });
  // Side by side: most of their time is waiting.
  const ends = await Promise.allSettled(names.map(keep));
  for (const [index, end] of ends.entries()) {
    if (end.status === 'fulfilled') continue;
    console.error(`${names[index]} could not be recorded:`, end.reason);
    process.exitCode = 1;
  }
}

async function keep(name: string): Promise<void> {
  const scenario = scenarios[name];
  if (!scenario) return;
  const recording = await record(name, scenario);
  const { v, note, looks, ...rest } = recording;
  // A line for each look: changes of a recording can be read in a diff.
  const head = JSON.stringify({ v, note, ...rest }).slice(0, -1);
  const lines = looks.map((it) => JSON.stringify(it)).join(',\n');
  writeFileSync(join(folder, `${name}.json`), `${head},"looks":[\n${lines}\n]}\n`);
}
