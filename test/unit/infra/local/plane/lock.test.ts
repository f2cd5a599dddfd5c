import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { withLock } from '#infra/local/plane/lock.ts';
import { identify } from '#infra/local/plane/process-identity.ts';

let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'rackless-lock-')), 'lock');
});

const nobody = (): void => undefined;

test('the second caller waits for the first and is told whom it waits for', async () => {
  const story: string[] = [];
  let release: () => void = nobody;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const first = withLock(file, nobody, async () => {
    await gate;
    story.push('first');
  });

  const second = withLock(
    file,
    (pid) => {
      story.push(`waits for ${pid}`);
      release();
    },
    async () => {
      story.push('second');
    }
  );
  await Promise.all([first, second]);

  expect(story).toEqual([`waits for ${process.pid}`, 'first', 'second']);
});

test('a lock of a process that is gone is taken over', async () => {
  writeFileSync(file, JSON.stringify({ ...identify(process.pid), startTime: '1' }));

  expect(await withLock(file, nobody, async () => 'done')).toBe('done');
});

test('it is free again after a failure', async () => {
  const failing = withLock(file, nobody, () => Promise.reject(new Error('no')));

  await expect(failing).rejects.toThrow('no');
  expect(existsSync(file)).toBe(false);
});
