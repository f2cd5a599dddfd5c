import type { AwsUse } from './aws-proxy.ts';
import type { Execution } from './run-execution.ts';

/** USD, us-east-1, list prices, without free tiers. */
const prices = {
  transition: 0.025 / 1000,
  gigabyteSecond: 0.0000166667,
  invocation: 0.2 / 1e6,
  writeUnit: 0.625 / 1e6,
  /** A consistent read of up to 4 KB; every read counts as one here. */
  readUnit: 0.125 / 1e6,
  put: 0.005 / 1000,
  get: 0.0004 / 1000,
  key: 0.03 / 10_000,
  secret: 0.05 / 10_000,
};

/** Of the function, GB. */
const memory = 0.5;

/** What one promotion costs in USD, by who bills it. */
export const priceOf = (execution: Execution, { calls, writeUnits }: AwsUse) => {
  const count = (start: string): number =>
    Object.entries(calls).reduce((sum, [name, n]) => (name.startsWith(start) ? sum + n : sum), 0);
  const reads = count('DynamoDB Get') + count('DynamoDB Query');
  const parts = {
    stepFunctions: execution.transitions * prices.transition,
    lambda:
      (execution.milliseconds / 1000) * memory * prices.gigabyteSecond +
      execution.invocations * prices.invocation,
    dynamoDb: writeUnits * prices.writeUnit + reads * prices.readUnit,
    s3: count('S3 PUT') * prices.put + (count('S3 GET') + count('S3 HEAD')) * prices.get,
    keysAndSecrets: count('TrentService') * prices.key + count('secretsmanager') * prices.secret,
  };
  const total = Object.values(parts).reduce((sum, it) => sum + it, 0);
  return { ...parts, total };
};
