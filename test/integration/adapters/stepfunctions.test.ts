import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { beforeAll, expect, test } from '@jest/globals';
import {
  StateMachineBuildRuns,
  StateMachinePromotionRuns,
} from '#adapters/stepfunctions/state-machine-runs.ts';
import { freshName } from '#test/samples.ts';
import { settings } from '../aws.ts';

let sfn: SFNClient;
let machine: string;

beforeAll(async () => {
  sfn = new SFNClient(settings());
  const { stateMachineArn = '' } = await sfn.send(
    new CreateStateMachineCommand({
      name: freshName(),
      roleArn: 'arn:aws:iam::000000000000:role/any',
      definition: JSON.stringify({
        StartAt: 'Which',
        States: {
          Which: {
            Type: 'Choice',
            Choices: [{ Variable: '$.app', StringEquals: 'short', Next: 'Done' }],
            Default: 'Long',
          },
          Long: { Type: 'Wait', Seconds: 600, Next: 'Done' },
          Done: { Type: 'Succeed' },
        },
      }),
    })
  );
  machine = stateMachineArn;
});

test('starts an attempt once, under a name that says what it is for', async () => {
  const runs = new StateMachinePromotionRuns(sfn, machine);
  const run = { app: 'shop', id: 'PAAAAAAAAAA', attempt: 1 };
  expect(await runs.isRunning(run)).toBe(false);

  await runs.start(run);
  await runs.start(run);

  expect(await runs.isRunning(run)).toBe(true);
  expect(await runs.isRunning({ ...run, attempt: 2 })).toBe(false);
  const executionArn = `${machine.replace(':stateMachine:', ':execution:')}:shop-PAAAAAAAAAA-1`;
  const { input = '' } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  expect(JSON.parse(input)).toEqual({ v: 1, app: 'shop', promotion: 'PAAAAAAAAAA', attempt: 1 });
});

test('does not start what has ended once more', async () => {
  const runs = new StateMachineBuildRuns(sfn, machine);
  const build = { app: 'short', id: 'BAAAAAAAAAA' };
  await runs.start(build);
  while (await runs.isRunning(build)) await sleep(50);

  await runs.start(build);

  expect(await runs.isRunning(build)).toBe(false);
});
