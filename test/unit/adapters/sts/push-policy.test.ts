import { expect, test } from '@jest/globals';
import { pushPolicy } from '#adapters/sts/assume-push-role.ts';

const arn = 'arn:aws:ecr:us-east-1:000000000000:repository/atom/shop';

test('allows pushing to the repositories of one app, until a time, and nothing else', () => {
  const policy = pushPolicy([arn, `${arn}/cache`], new Date('2026-01-01T01:00:00Z')) as {
    Statement: {
      Effect: string;
      Action: string | string[];
      Resource: string | string[];
      Condition: object;
    }[];
  };

  const until = { DateLessThan: { 'aws:CurrentTime': '2026-01-01T01:00:00.000Z' } };
  expect(policy.Statement.map((it) => it.Condition)).toEqual([until, until]);
  expect(policy.Statement.map((it) => it.Resource)).toEqual([[arn, `${arn}/cache`], '*']);
  expect(policy.Statement[1]?.Action).toBe('ecr:GetAuthorizationToken');
  expect(
    policy.Statement.flatMap((it) => it.Action).filter((it) => /\*|Delete|Policy/.test(it))
  ).toEqual([]);
});

test('fits into what STS takes', () => {
  const long = arn.replace('shop', 's'.repeat(200));

  expect(JSON.stringify(pushPolicy([long, `${long}/cache`], new Date())).length).toBeLessThan(2048);
});
