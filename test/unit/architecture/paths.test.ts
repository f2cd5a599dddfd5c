import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const folders = [
  'adapters',
  'cli',
  'contracts',
  'core',
  'functions',
  'infra',
  'statemachines',
  'test',
];

/** Words that say nothing of what is inside. A Service is what an app consists of. */
const empty = /^(utils?|helpers?|common|shared|misc|manager|impl|base)$/;
/** AWS calls it so. */
const given = /\bsecrets-manager\b/;

const paths = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((it) => join(folder, it))
);

const words = (path: string): readonly string[] => path.replace(given, '').split(/[/\\.-]/);

test('has no word in a path that says nothing', () => {
  const bad = paths.filter((path) => words(path).some((word) => empty.test(word)));

  expect(paths.length).toBeGreaterThan(300);
  expect(bad).toEqual([]);
});
