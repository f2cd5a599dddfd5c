import { expect, test } from '@jest/globals';
import { failureLines, hasFailed } from '#infra/local/aws/run-osls.ts';

const failure = `
Compiling with concurrency: Infinity

× Stack rackless-local failed to deploy (0s)
Error: Build failed with 1 error:
functions/events/sweep.ts:13:17: ERROR: Unexpected ";"
    at failureErrorWithLog (esbuild/lib/main.js:1752:15)
`;

test('a reported failure counts as one, also while osls stays', () => {
  expect(hasFailed(failure)).toBe(true);
  expect(hasFailed('✔ Service deployed to stack rackless-local (8s)')).toBe(false);
  expect(hasFailed('Deploying rackless to stage local (us-east-1)')).toBe(false);
});

test('the end of a failed log is shown without stack traces', () => {
  expect(failureLines(failure, 2)).toEqual([
    'Error: Build failed with 1 error:',
    'functions/events/sweep.ts:13:17: ERROR: Unexpected ";"',
  ]);
});
