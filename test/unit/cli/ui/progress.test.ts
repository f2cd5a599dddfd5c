import { expect, test } from '@jest/globals';
import { bytesText, progressLine } from '#cli/ui/progress.ts';

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1.0 kB'],
  [12_345_678, '12.3 MB'],
  [512_000_000, '512 MB'],
  [2_500_000_000, '2.5 GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});

test.each([
  [[0, 0, 0], 'Sending [>                       ]   0 %  0 bytes'],
  [[0.005, 1e5, 2], 'Sending [>                       ]   0 %  100 kB  50.0 kB/s'],
  [[0.5, 5e6, 10], 'Sending [============>           ]  50 %  5.0 MB  500 kB/s  10 s left'],
  [[0.1, 5e6, 60], 'Sending [==>                     ]  10 %  5.0 MB  83.3 kB/s  9 min left'],
  [[1, 1e7, 20], 'Sending [========================] 100 %  10.0 MB  500 kB/s'],
] as const)('at part, bytes and seconds %j', ([part, bytes, seconds], line) => {
  expect(progressLine({ title: 'Sending', part, bytes, seconds })).toBe(line);
});

test.each([Number.NaN, -1, 2])('a part of %d does not break the bar', (part) => {
  expect(progressLine({ title: '', part, bytes: 0, seconds: 1 })).toMatch(
    /^ \[.{24}\] +\d+ % {2}0 bytes/
  );
});
