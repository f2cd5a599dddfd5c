import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const launcher = new URL('../../../bin/rackless', import.meta.url).pathname;

const script = (file: string, text: string): void => {
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
};

/** A checkout with a Node in PATH that only says how it was started. */
const checkout = (nodeVersion = 'v24.0.0') => {
  const root = mkdtempSync(join(tmpdir(), 'rackless-launcher-'));
  for (const folder of ['bin', 'cli', 'contracts', 'path']) mkdirSync(join(root, folder));
  copyFileSync(launcher, join(root, 'bin/rackless'));
  writeFileSync(join(root, 'cli/main.ts'), '');
  script(
    join(root, 'path/node'),
    `[ "$1" = --version ] && echo ${nodeVersion} && exit; echo "node $*"`
  );
  return root;
};

const start = (root: string, file = join(root, 'bin/rackless')) => {
  const { stdout, stderr, status } = spawnSync(file, ['apps', 'a b'], {
    encoding: 'utf8',
    env: { PATH: `${join(root, 'path')}:/usr/bin:/bin` },
  });
  return { stdout: stdout.replaceAll(`${root}/bin/..`, 'ROOT'), stderr, status };
};

const bundle = (root: string, seconds: number): void => {
  mkdirSync(join(root, 'dist'));
  writeFileSync(join(root, 'dist/main.js'), '');
  const now = Date.now() / 1000;
  utimesSync(join(root, 'dist/main.js'), now, now + seconds);
};

const sources =
  'node --max-semi-space-size=4 --disable-warning=ExperimentalWarning ROOT/cli/main.ts apps a b\n';

test('a checkout without a bundle runs the sources', () => {
  expect(start(checkout()).stdout).toBe(sources);
});

test('a bundle that is newer than the sources is run', () => {
  const root = checkout();
  bundle(root, 60);

  expect(start(root).stdout).toBe('node --max-semi-space-size=4 ROOT/dist/main.js apps a b\n');
});

test('a bundle that is older than the sources is not run', () => {
  const root = checkout();
  bundle(root, -60);

  expect(start(root).stdout).toBe(sources);
});

test('the Node of the checkout goes before the one in PATH', () => {
  const root = checkout();
  mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
  script(join(root, 'node_modules/.bin/node'), 'echo "own $*"');

  expect(start(root).stdout).toMatch(/^own /);
});

test('it finds its checkout through links', () => {
  const root = checkout();
  symlinkSync('../bin/rackless', join(root, 'path/one'));
  symlinkSync(join(root, 'path/one'), join(root, 'two'));

  const { stdout } = start(root, join(root, 'two'));
  expect(stdout).toContain('/cli/main.ts apps a b\n');
});

test('an old Node is named, and no Node too', () => {
  const old = start(checkout('v20.20.2'));
  const root = checkout();
  const none = spawnSync(join(root, 'bin/rackless'), {
    encoding: 'utf8',
    env: { PATH: '/bin-none' },
  });

  expect(old.status).toBe(1);
  expect(old.stderr).toContain('ERROR: rackless needs Node 22 or newer; this is 20.20.2\n');
  expect(none.status).toBe(1);
  expect(none.stderr).toContain('ERROR: rackless needs Node 22 or newer, and there is no node\n');
});
