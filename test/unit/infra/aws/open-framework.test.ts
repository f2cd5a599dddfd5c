import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const plugin = resolve('infra/aws/plugins/open-framework.cjs');
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rackless-framework-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Loads the plugin as a framework of that package name does, and gives what it throws. */
const loadedBy = (name: string, { bundled = false } = {}): string => {
  const packageFolder = join(folder, 'node_modules', name);
  mkdirSync(join(packageFolder, 'lib'), { recursive: true });
  writeFileSync(join(packageFolder, 'package.json'), JSON.stringify({ name, version: '4.3.1' }));
  writeFileSync(
    join(packageFolder, 'lib', 'serverless.js'),
    'module.exports = class Serverless { version = "4.3.1"; };'
  );
  const framework = bundled
    ? 'class Serverless { version = "4.3.1"; }'
    : `const Serverless = require(${JSON.stringify(join(packageFolder, 'lib', 'serverless.js'))});`;
  const script = `
    ${framework}
    const Plugin = require(${JSON.stringify(plugin)});
    try { new Plugin(new Serverless()); } catch (error) { console.log(error.message); }`;
  return execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim();
};

test('osls may deploy', () => {
  expect(loadedBy('osls')).toBe('');
});

const refusal =
  'rackless deploys with osls, the open Serverless Framework, and not with the licensed one: run npx osls deploy';

test('another framework of the same version may not', () => {
  expect(loadedBy('serverless')).toBe(refusal);
});

test('a framework that is one bundled file may not, although osls is installed', () => {
  expect(loadedBy('osls', { bundled: true })).toBe(refusal);
});
