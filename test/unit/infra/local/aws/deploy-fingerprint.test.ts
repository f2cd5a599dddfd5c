import { mkdirSync, mkdtempSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { deployFingerprint } from '#infra/local/aws/deploy-fingerprint.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rackless-deploy-'));
  mkdirSync(join(folder, 'core', 'apps'), { recursive: true });
  writeFileSync(join(folder, 'serverless.yml'), 'service: rackless');
  writeFileSync(join(folder, 'core', 'apps', 'app.ts'), 'export {};');
});

test('stays the same when nothing but times changed', () => {
  const before = deployFingerprint(folder, {});

  utimesSync(join(folder, 'serverless.yml'), 1, 1);

  expect(deployFingerprint(folder, {})).toBe(before);
});

test('stays the same when something changed that is not deployed', () => {
  const before = deployFingerprint(folder, {});

  mkdirSync(join(folder, 'cli'));
  writeFileSync(join(folder, 'cli', 'main.ts'), '');

  expect(deployFingerprint(folder, {})).toBe(before);
});

test('changes with the template, the code, the names of files and the parameters', () => {
  const seen = new Set([deployFingerprint(folder, {})]);

  writeFileSync(join(folder, 'serverless.yml'), 'service: rackless # changed');
  seen.add(deployFingerprint(folder, {}));
  writeFileSync(join(folder, 'core', 'apps', 'app.ts'), 'export const app = 1;');
  seen.add(deployFingerprint(folder, {}));
  renameSync(join(folder, 'core', 'apps', 'app.ts'), join(folder, 'core', 'apps', 'apps.ts'));
  seen.add(deployFingerprint(folder, {}));
  seen.add(deployFingerprint(folder, { domain: 'localhost:3000' }));

  expect(seen.size).toBe(5);
});
