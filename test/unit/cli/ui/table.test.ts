import { expect, test } from '@jest/globals';
import { info, table } from '#cli/ui/table.ts';

test('columns are as wide as their widest cell and the last one is not padded', () => {
  const text = table(
    ['ID', 'STATUS', 'X'],
    [
      ['a', 'running', 'long'],
      ['bcd', '', ''],
    ]
  );

  expect(text).toBe('ID   STATUS   X\na    running  long\nbcd           ');
});

test('a table without rows is its header', () => {
  expect(table(['ID', 'STATUS'], [])).toBe('ID  STATUS');
});

test('later lines of a value are indented to the column of the value', () => {
  expect(
    info([
      ['Id', 'x'],
      ['Long', 'A=1\nB=2'],
    ])
  ).toBe('Id    x\nLong  A=1\n      B=2');
});
