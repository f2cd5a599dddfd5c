import { globSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

test('every test that the docs give as a proof is there', () => {
  const tests = globSync('test/**/*.test.ts').map((it) => `/${it}`);
  const pages = globSync(['*.md', 'docs/**/*.md', 'test/**/*.md']);
  const named = pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/`([\w/.-]+\.test\.ts)`/g)].map(
      ([, file = '']) => `${page}: ${file}`
    )
  );

  expect(named.length).toBeGreaterThan(50);
  // Some pages name them by the end of their path.
  const isThere = (it: string) => tests.some((file) => file.endsWith(`/${it.split(': ')[1]}`));
  expect(named.filter((it) => !isThere(it))).toEqual([]);
});
