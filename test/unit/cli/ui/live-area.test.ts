import { expect, test } from '@jest/globals';
import { liveArea } from '#cli/ui/live-area.ts';

const control = '\u001b';
const codes = new RegExp(`(\\n|${control}\\[\\d+F|${control}\\[0J)`);

/** As much of a terminal as the area uses: lines, cursor up, clear below. */
const screen = (written: string): string => {
  const lines = [''];
  for (const part of written.split(codes)) {
    const up = /\[(\d+)F$/.exec(part)?.[1];
    if (up) lines.length -= Number(up);
    else if (part.endsWith('[0J')) lines[lines.length - 1] = '';
    else if (part === '\n') lines.push('');
    else lines[lines.length - 1] += part;
  }
  return lines.join('\n');
};

const setUp = (columns = 80, rows = 24) => {
  const written: string[] = [];
  const times = [0];
  const area = liveArea(
    { write: (text) => written.push(text), columns, rows },
    { now: () => new Date(times.length * 1000), sleep: async () => undefined }
  );
  return {
    area,
    later: () => times.push(0),
    shown: () => screen(written.join('')),
    written: () => written.join(''),
  };
};

test('text scrolls above the area, which is redrawn in place', () => {
  const { area, later, shown } = setUp();
  area.draw(['web 0/2', 'worker 0/1']);
  area.print(['one', 'two']);
  later();
  area.draw(['web 2/2']);

  expect(shown()).toBe('one\ntwo\nweb 2/2\n');
});

test('the area is gone when it is closed', () => {
  const { area, shown } = setUp();
  area.draw(['web 0/2']);
  area.print(['one']);
  area.close();

  expect(shown()).toBe('one\n');
});

test('it is drawn at most ten times a second, and only when something has changed', () => {
  const { area, later, written } = setUp();
  area.draw(['a']);
  area.draw(['b']);
  later();
  area.draw(['a']);

  expect(written()).toBe('a\n');
});

test('a line is cut before it would wrap', () => {
  const { area, written } = setUp(10);
  area.draw(['0123456789']);

  expect(written()).toBe('01234567…\n');
});

test('a terminal without a size gets whole lines', () => {
  const { area, written } = setUp(0);
  area.draw(['0123456789']);

  expect(written()).toBe('0123456789\n');
});

test('an area that is higher than the screen is cut, or its top could not be erased', () => {
  const { area, shown } = setUp(80, 3);
  area.draw(['a', 'b', 'c', 'd']);
  area.print(['text']);

  expect(shown()).toBe('text\na\nb\n');
});
