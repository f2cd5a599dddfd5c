import { expect, test } from '@jest/globals';
import { environmentFor } from '#infra/local/aws/access.ts';

test('nothing leads a program to a real account', () => {
  const environment = environmentFor(
    {
      HOME: '/home/me',
      AWS_PROFILE: 'prod',
      AWS_SESSION_TOKEN: 'x',
      AWS_ENDPOINT_URL_S3: 'https://s3.amazonaws.com',
      AWS_ACCESS_KEY_ID: 'AKIA',
    },
    4566
  );

  expect(environment).toEqual({
    HOME: '/home/me',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
});
