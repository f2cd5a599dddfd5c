import { expect, test } from '@jest/globals';
import { findPython, isNewEnough } from '#infra/local/aws/python.ts';

test.each([
  ['Python 3.10.0', true],
  ['Python 3.14.1', true],
  ['Python 4.0.0', true],
  ['Python 3.9.18', false],
  ['Python 2.7.18', false],
  ['', false],
])('%s can run the emulator: %s', (printed, expected) => {
  expect(isNewEnough(printed)).toBe(expected);
});

test('a Python that is not there is named, with the way out', async () => {
  await expect(findPython('/no/such/python')).rejects.toMatchObject({
    message: 'the AWS emulator needs Python 3.10 or newer: there is no /no/such/python',
    hint: expect.stringContaining('PYTHON='),
  });
});
