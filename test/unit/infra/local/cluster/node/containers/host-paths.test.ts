import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mapArgument, rewriteMountPaths } from '#infra/local/cluster/node/containers/host-paths.ts';

const rootfs = mkdtempSync(join(tmpdir(), 'rackless-rootfs-'));
writeFileSync(join(rootfs, 'main.js'), '');

afterAll(() => rmSync(rootfs, { recursive: true }));

const mounts = [
  { mountPath: '/data', hostPath: '/host/one' },
  { mountPath: '/data/certs/', hostPath: '/host/two' },
];

test.each([
  ['/data', '/host/one'],
  ['/data/', '/host/one/'],
  ['/data/file', '/host/one/file'],
  ['/data/certs/ca.pem', '/host/two/ca.pem'],
  ['--dir=/data/x', '--dir=/host/one/x'],
  ['cat /data/a > /data/b', 'cat /host/one/a > /host/one/b'],
  ['file:///data/a', 'file:///host/one/a'],
  ['a:/data:b', 'a:/host/one:b'],
  ['/data2', '/data2'],
  ['/data-old/x', '/data-old/x'],
  ['/srv/data', '/srv/data'],
  ['./data', './data'],
])('writes %s as %s', (text, expected) => {
  expect(rewriteMountPaths(text, mounts)).toBe(expected);
});

test('text without a mount path stays as it is', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!text.includes('/data'));
      expect(rewriteMountPaths(text, mounts)).toBe(text);
    })
  );
});

test('a whole mount path is found between any two words', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]*$/), fc.stringMatching(/^[a-z]*$/), (before, after) => {
      expect(rewriteMountPaths(`${before} /data ${after}`, mounts)).toBe(
        `${before} /host/one ${after}`
      );
    })
  );
});

test('absolute paths of the image are mapped into it, others are not', () => {
  expect(mapArgument('/main.js', rootfs)).toBe(join(rootfs, 'main.js'));
  expect(mapArgument('--require=/main.js', rootfs)).toBe(`--require=${join(rootfs, 'main.js')}`);
  expect(mapArgument('/bin/sh', rootfs)).toBe('/bin/sh');
  expect(mapArgument('/', rootfs)).toBe('/');
  expect(mapArgument('/../main.js', rootfs)).toBe('/../main.js');
  expect(mapArgument('main.js', rootfs)).toBe('main.js');
});
