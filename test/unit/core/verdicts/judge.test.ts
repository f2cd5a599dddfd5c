import { expect, test } from '@jest/globals';
import {
  aDeployment,
  aPod,
  outcome,
  type Rollout,
  running,
  terminated,
  waiting,
} from './rollout.ts';

const deployment = aDeployment({});

const startingUp = [deployment, aPod(waiting('ContainerCreating'))];

const oom = { exitCode: 137, reason: 'OOMKilled', startedAt: '', finishedAt: '' };

const busy = 'failed to sync secret cache: timed out waiting for the condition';

const noProgram = {
  exitCode: 128,
  reason: 'StartError',
  message: 'runc create failed: exec: "nope": executable file not found in $PATH: unknown',
};

const startError = { exitCode: 128, reason: 'StartError', message: 'exec: "nope": not found' };

test.each<[string, number, Rollout['scenes']]>([
  [
    'CrashLoop',
    3_000,
    [
      [0, startingUp],
      [1_000, [deployment, aPod(terminated(0))]],
      [1_500, [deployment, aPod(running(1, false))]],
      [3_000, [deployment, aPod(terminated(1))]],
    ],
  ],
  [
    'CrashLoop',
    2_000,
    [
      [0, [deployment, aPod(running(0))]],
      [500, [deployment, aPod(terminated(0, { exitCode: 0, reason: 'Completed' }))]],
      [
        2_000,
        [
          deployment,
          aPod(waiting('CrashLoopBackOff', 'back-off 10s', { restarts: 1, exit: { exitCode: 0 } })),
        ],
      ],
    ],
  ],
  [
    'OOMKilled',
    0,
    [[0, [deployment, aPod(waiting('CrashLoopBackOff', '', { restarts: 1, exit: oom }))]]],
  ],
  [
    'BadCommand',
    0,
    [[0, [deployment, aPod(waiting('RunContainerError', '', { restarts: 1, exit: startError }))]]],
  ],
  [
    'ImageNotFound',
    1_500,
    [
      [0, startingUp],
      [1_000, [deployment, aPod(waiting('ErrImagePull', 'shop:web: not found'))]],
    ],
  ],
  [
    'ImageDenied',
    1_250,
    [
      [0, startingUp],
      [1_000, [deployment, aPod(waiting('ErrImagePull', '403 Forbidden: pull access denied'))]],
      [1_250, [deployment, aPod(waiting('ImagePullBackOff', 'Back-off pulling image: denied'))]],
    ],
  ],
  // The image has no such program, and it won't have one at the next start.
  ['BadCommand', 0, [[0, [deployment, aPod(terminated(0, noProgram))]]]],
  ['InvalidImageName', 0, [[0, [deployment, aPod(waiting('InvalidImageName', 'bad'))]]]],
  [
    'MissingSecret',
    500,
    [[0, [deployment, aPod(waiting('CreateContainerConfigError', 'secret "env" not found'))]]],
  ],
  // A busy kubelet's own words for a Secret that is there.
  ['MissingSecret', 60_000, [[0, [deployment, aPod(waiting('CreateContainerConfigError', busy))]]]],
  [
    'BadContainerConfig',
    500,
    [[0, [deployment, aPod(waiting('CreateContainerConfigError', 'container has runAsNonRoot'))]]],
  ],
  ['NeverReady', 60_250, [[0, [deployment, aPod(running(0, false))]]]],
  ['ProgressDeadline', 300_000, [[0, startingUp]]],
  ['ProgressDeadline', 300_000, [[0, []]]],
])('a release fails as %s after %i ms', (reason, at, scenes) => {
  expect(outcome({ scenes })).toEqual({ reason, at });
});

test('an init container that fails twice condemns the release, one that waits does not', () => {
  const withInit = (init: object) =>
    aPod(waiting('PodInitializing'), {
      status: {
        phase: 'Pending',
        conditions: [],
        initContainerStatuses: [{ name: 'migrate', image: '', imageID: '', ...init }],
      },
    });
  const scenes = (init: object): Rollout['scenes'] => [[0, [deployment, withInit(init)]]];

  expect(outcome({ scenes: scenes(terminated(1)) })).toEqual({ reason: 'InitFailed', at: 0 });
  expect(outcome({ scenes: scenes(terminated(0)), until: 60_000 }).reason).toBe('progressing');
  expect(outcome({ scenes: scenes(terminated(0, { exitCode: 0 })), until: 60_000 }).reason).toBe(
    'progressing'
  );
});

test('a registry that does not answer gets a minute, through all its tries', () => {
  const pulling = (reason: string) => [deployment, aPod(waiting(reason, 'dial tcp: i/o timeout'))];
  const scenes: Rollout['scenes'] = [
    [0, pulling('ErrImagePull')],
    [10_000, pulling('ImagePullBackOff')],
    [20_000, [deployment, aPod(waiting('ContainerCreating'))]],
    [25_000, pulling('ErrImagePull')],
    [35_000, pulling('ImagePullBackOff')],
  ];

  expect(outcome({ scenes })).toEqual({ reason: 'ImagePullFailed', at: 60_000 });
  expect(outcome({ scenes: [...scenes, [55_000, [deployment, aPod(running())]]] }).reason).toBe(
    'active'
  );
});
