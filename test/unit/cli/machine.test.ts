import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { InterruptedError } from '#cli/errors.ts';
import { machine } from '#cli/machine.ts';

const main = new URL('../../../cli/main.ts', import.meta.url).pathname;
const folder = (): string => mkdtempSync(join(tmpdir(), 'rackless-machine-'));
const signal = new AbortController().signal;

const editor = (text: string): string => {
  const file = join(folder(), 'editor');
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
};

test('--version prints the version of package.json and nothing else', () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [main, '--version'], {
    encoding: 'utf8',
  });
  const file = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');

  expect([stdout, stderr, status]).toEqual([`${JSON.parse(file).version}\n`, '', 0]);
});

test('a reader that closes our stdout early ends the command without a word', async () => {
  const child = spawn('/bin/sh', ['-c', '"$0" "$1" --help | :', process.execPath, main]);
  const stderr: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const status = await new Promise((resolve) => child.on('close', resolve));

  expect([Buffer.concat(stderr).toString(), status]).toEqual(['', 0]);
});

test('EDITOR may have arguments, and edits the file in place', async () => {
  const file = join(folder(), 'a file');
  writeFileSync(file, 'A=1\n');
  await machine({ EDITOR: `${editor('echo "$1" >> "$2"')} --wait` }, { version: '', signal }).edit(
    file
  );

  expect(readFileSync(file, 'utf8')).toBe('A=1\n--wait\n');
});

test('an editor that fails is an error', async () => {
  const { edit } = machine({ EDITOR: editor('exit 3') }, { version: '', signal });

  await expect(edit('/nowhere')).rejects.toThrow(/^editor failed: .*: exit 3$/);
});

test('the output of a program is trimmed, and undefined when it fails or is missing', async () => {
  const { capture } = machine({}, { version: '', signal });

  expect(await capture('echo', ['a'])).toBe('a');
  expect(await capture('false', [])).toBeUndefined();
  expect(await capture('no-such-program', [])).toBeUndefined();
});

test('Ctrl-C ends a sleep', async () => {
  const interrupt = new AbortController();
  const { clock } = machine({}, { version: '', signal: interrupt.signal });
  const sleep = clock.sleep(60_000);
  interrupt.abort();

  await expect(sleep).rejects.toThrow(InterruptedError);
});
