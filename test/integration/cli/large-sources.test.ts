import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, jest, test } from '@jest/globals';
import { httpRack } from '#test/fakes/http-rack.ts';
import type { Script } from '#test/fakes/scripted-rack.ts';
import { folderWith } from '#test/run-cli.ts';
import { startCli } from '#test/start-cli.ts';
import { aBuild } from '#test/unit/cli/records.ts';

jest.setTimeout(300_000);

const files = { 'convox.yml': 'services: {}\n' };

const sendAll = async (cwd: string, args = ['build'], script: Script = {}) => {
  const rack = await httpRack({ script });
  const { end } = startCli([...args, '-a', 'shop'], { cwd, env: { RACK_URL: rack.url } });
  const { code, stderr } = await end;
  expect(rack.mistakes).toEqual([]);
  expect([code, stderr]).toEqual([0, '']);
  return rack;
};

test('100,000 files arrive, each with its content', async () => {
  const folder = folderWith(files);
  for (let at = 0; at < 100_000; at += 1) {
    const path = join(folder, `folder-${Math.floor(at / 1000)}`);
    if (at % 1000 === 0) mkdirSync(path);
    writeFileSync(join(path, `file-${at}`), `${at}\n`);
  }

  const rack = await sendAll(folder);

  const list = spawnSync('tar', ['-xOf', '-', '--wildcards', 'folder-*/file-*'], {
    input: rack.archive(),
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  expect(list.status).toBe(0);
  const numbers = list.stdout.trimEnd().split('\n').map(Number);
  expect(numbers.length).toBe(100_000);
  expect(new Set(numbers).size).toBe(100_000);
});

test('a sparse file of 5 GB is sent as the few chunks that differ', async () => {
  const folder = folderWith({ ...files, 'sparse.img': 'begin' });
  truncateSync(join(folder, 'sparse.img'), 5_000_000_000);

  const rack = await sendAll(folder);

  const sizes = rack.parts().map((it) => it.size);
  expect(sizes.reduce((sum, it) => sum + it, 0)).toBeGreaterThan(5_000_000_000);
  expect(rack.chunks.size).toBeLessThanOrEqual(4);
  const zeros = Buffer.alloc(Math.max(...sizes));
  const repeated = rack.parts().filter((it) => it.sha256 === sha256(zeros));
  expect(repeated.length).toBeGreaterThan(500);
});

test('an archive that is larger than one PUT to S3 may be is sent whole', async () => {
  const folder = folderWith({ 'build.tgz': '' });
  const file = join(folder, 'build.tgz');
  const begin = gzipSync('the begin of an archive');
  writeFileSync(file, begin);
  truncateSync(file, 5_500_000_000);

  const importBuild = aBuild({ status: 'created', release: '' });
  const rack = await sendAll(folder, ['builds', 'import', '-f', file], { importBuild });

  const [first] = rack.parts();
  expect(rack.parts().reduce((sum, it) => sum + it.size, 0)).toBe(5_500_000_000);
  expect(rack.chunks.get(first?.sha256 ?? '')?.subarray(0, begin.length)).toEqual(begin);
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
