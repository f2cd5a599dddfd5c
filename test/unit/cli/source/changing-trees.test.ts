import { spawnSync } from 'node:child_process';
import { appendFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { httpRack } from '#test/fakes/http-rack.ts';
import { folderWith, runCli } from '#test/run-cli.ts';
import { startCli } from '#test/start-cli.ts';
import { files } from '../scripts.ts';

const changes: readonly [string, (path: string) => unknown, string][] = [
  ['vanishes', (it) => rmSync(it), 'a\\nfile'],
  ['shrinks', (it) => writeFileSync(it, 'x'), 'a\\nfile became shorter'],
  ['is written to', (it) => writeFileSync(it, 'other text'), 'a\\nfile'],
  [
    'becomes a link',
    (it) => {
      rmSync(it);
      symlinkSync('Dockerfile', it);
    },
    'a\\nfile',
  ],
];

/** Runs `build` on a folder in which something happens between the two readings. */
const whileItIsSent = async (change: (path: string) => unknown) => {
  const folder = folderWith({ ...files, 'a\nfile': 'first text' });
  const missing: string[] = [];
  const storeSource = ({ chunks }: { chunks?: { sha256: string }[] }) => {
    missing.push(...(chunks ?? []).map((it) => it.sha256));
    if (missing.length === 1) change(join(folder, 'a\nfile'));
    return { object: `object://shop/sources/${'5'.repeat(64)}`, missing };
  };
  return runCli('build', { cwd: folder, rack: { storeSource } });
};

test.each(changes)(
  'a file that %s while it is sent is named, and nothing is built',
  async (_what, change, message) => {
    const { stderr, exitCode, requests } = await whileItIsSent(change);

    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      `ERROR: the source changed while it was read: ${message}\n` +
        '  run the command again once nothing writes there, or leave it out with a line in .dockerignore\n'
    );
    expect(requests.map((it) => it.operation)).toEqual(['storeSource']);
  }
);

test('a file that only grows while it is sent is sent as it was', async () => {
  const folder = folderWith({ ...files, log: 'first line\n' });
  const rack = await httpRack();
  const grow = setInterval(() => appendFileSync(join(folder, 'log'), 'more\n'), 5);

  const { end } = startCli(['build', '-a', 'shop'], { cwd: folder, env: { RACK_URL: rack.url } });
  const { code, stderr } = await end;
  clearInterval(grow);

  expect([code, stderr]).toEqual([0, '']);
  const log = spawnSync('tar', ['-xOf', '-', 'log'], { input: rack.archive(), encoding: 'utf8' });
  expect(log.stdout).toMatch(/^first line\n(more\n)*$/);
});
