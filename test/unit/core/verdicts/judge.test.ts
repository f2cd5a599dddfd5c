import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judge } from '#core/verdicts/judge.ts';
import { judgeRestored } from '#core/verdicts/judge-restored.ts';
import { remember } from '#core/verdicts/memory.ts';
import { observeService } from '#core/verdicts/observe-service.ts';
import { freshMemory, type Memory } from '#core/verdicts/verdict.ts';
import {
  aDeployment,
  aPod,
  aService,
  aWorker,
  type Rollout,
  running,
  terminated,
  waiting,
  watchRollout,
} from './rollout.ts';

const deployment = aDeployment({});
const startingUp = [deployment, aPod(waiting('ContainerCreating'))];

const refusing = (message: string, replicas = 1) => {
  const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }];
  return aDeployment({ replicas, updated: 0, conditions });
};

const failure = (rollout: Rollout) => {
  const { verdict, at } = watchRollout(rollout);
  return verdict.kind === 'failed' ? { reason: verdict.reason, at } : { reason: verdict.kind, at };
};

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
  expect(failure({ scenes })).toEqual({ reason, at });
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

  expect(failure({ scenes: scenes(terminated(1)) })).toEqual({ reason: 'InitFailed', at: 0 });
  expect(failure({ scenes: scenes(terminated(0)), until: 60_000 }).reason).toBe('progressing');
  expect(failure({ scenes: scenes(terminated(0, { exitCode: 0 })), until: 60_000 }).reason).toBe(
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

  expect(failure({ scenes })).toEqual({ reason: 'ImagePullFailed', at: 60_000 });
  expect(failure({ scenes: [...scenes, [55_000, [deployment, aPod(running())]]] }).reason).toBe(
    'active'
  );
});

test.each([
  ['exceeded quota: pods, requested: pods=1', 'QuotaExceeded', 5_000],
  ['violates PodSecurity "baseline:latest"', 'AdmissionRefused', 500],
  ['failed calling webhook "x": dial tcp: connection refused', 'AdmissionRefused', 60_000],
  ['error looking up service account a/default: not found', 'AdmissionRefused', 60_000],
])('new processes that are refused for "%s" are %s after %i ms', (message, reason, at) => {
  const scenes: Rollout['scenes'] = [[0, [refusing(message)]]];

  expect(failure({ scenes })).toEqual({ reason, at });
});

test("a quota is nobody's fault while old processes still leave", () => {
  const leaving = aPod(running(), { name: 'old', template: 'old', deleted: true });
  const scenes: Rollout['scenes'] = [
    [0, [refusing('exceeded quota: pods'), leaving]],
    [40_000, [deployment, aPod(running())]],
  ];

  expect(failure({ scenes })).toEqual({ reason: 'active', at: 41_000 });
});

test('what an autoscaler adds beyond the quota does not condemn processes that are well', () => {
  const well = [1, 2].map((it) => aPod(running(), { name: `web-${it}` }));
  const scenes = (pods: typeof well): Rollout['scenes'] => [
    [0, [aDeployment({ replicas: 2 })]],
    [500, [refusing('exceeded quota: pods', 4), ...pods]],
    [60_000, [aDeployment({ replicas: 2 }), ...pods]],
  ];

  expect(failure({ scenes: scenes(well) })).toEqual({ reason: 'active', at: 60_000 });
  expect(failure({ scenes: scenes(well.slice(1)) })).toEqual({
    reason: 'QuotaExceeded',
    at: 5_500,
  });
});

test('what the controller said before it saw the change does not count', () => {
  const conditions = [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }];
  const old = aDeployment({ observed: 1, conditions });

  expect(failure({ scenes: [[0, [old]]], until: 30_000 }).reason).toBe('progressing');
});

const unscheduled = aPod(waiting('ContainerCreating'), {
  status: {
    phase: 'Pending',
    conditions: [
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' },
    ],
    containerStatuses: [],
  },
});

test('a process without a node waits for one that an autoscaler has promised', () => {
  const scaleUps = { from: 10_000, pods: new Set(['web-1']) };
  const scenes: Rollout['scenes'] = [[0, [deployment, unscheduled]]];
  const comes: Rollout['scenes'] = [...scenes, [250_000, [deployment, aPod(running())]]];

  expect(failure({ scenes: comes, scaleUps })).toEqual({ reason: 'active', at: 251_000 });
  expect(failure({ scenes, scaleUps })).toEqual({ reason: 'ProgressDeadline', at: 310_000 });
});

test('a node that is full of processes that leave gets its time', () => {
  const leaving = aPod(running(), { name: 'old', template: 'old', deleted: true });
  const scenes: Rollout['scenes'] = [
    [0, [deployment, unscheduled, leaving]],
    [60_000, [deployment, unscheduled]],
    [62_000, [deployment, aPod(running())]],
  ];

  expect(failure({ scenes })).toEqual({ reason: 'active', at: 63_000 });
});

test('a process without a node fails the release after a grace', () => {
  expect(failure({ scenes: [[0, [deployment, unscheduled]]] })).toEqual({
    reason: 'Unschedulable',
    at: 30_000,
  });
  expect(
    failure({
      scenes: [
        [0, [deployment, unscheduled]],
        [29_000, [deployment, aPod(running())]],
      ],
    }).reason
  ).toBe('active');
});

test.each<[string, number, Rollout]>([
  ['ready at once', 1_000, { scenes: [[0, [deployment, aPod(running())]]] }],
  [
    'answering after 30 s',
    30_000,
    {
      scenes: [
        [0, [deployment, aPod(running(0, false))]],
        [30_000, [deployment, aPod(running())]],
      ],
    },
  ],
  [
    'one exit, then good',
    4_000,
    {
      scenes: [
        [0, [deployment, aPod(running(0, false))]],
        [1_000, [deployment, aPod(terminated(0))]],
        [3_000, [deployment, aPod(running(1))]],
      ],
    },
  ],
  [
    'readiness that flaps for minutes',
    200_000,
    {
      scenes: [
        ...Array.from({ length: 20 }, (_, index): Rollout['scenes'][number] => [
          index * 10_000,
          [
            aDeployment({ replicas: 2 }),
            aPod(running(0, index % 2 === 0), { name: 'web-1' }),
            aPod(running(0, index % 2 === 1), { name: 'web-2' }),
          ],
        ]),
        [
          200_000,
          [
            aDeployment({ replicas: 2 }),
            aPod(running(), { name: 'web-1' }),
            aPod(running(), { name: 'web-2' }),
          ],
        ],
      ],
    },
  ],
  [
    'an old process that crashes and then leaves',
    20_000,
    {
      scenes: [
        [0, [deployment, aPod(running()), aPod(terminated(9), { name: 'old', template: 'old' })]],
        [20_000, [deployment, aPod(running())]],
      ],
    },
  ],
  ['scaled to nothing', 0, { scenes: [[0, [aDeployment({ replicas: 0 })]]] }],
  [
    'a worker that runs',
    10_000,
    { services: [aWorker()], scenes: [[0, [deployment, aPod(running())]]] },
  ],
  [
    'an evicted process that was replaced',
    1_000,
    {
      scenes: [
        [
          0,
          [
            deployment,
            aPod(terminated(0), { name: 'gone', status: { phase: 'Failed', reason: 'Evicted' } }),
            aPod(terminated(0), { name: 'old', template: 'old', status: { phase: 'Succeeded' } }),
            aPod(running()),
          ],
        ],
      ],
    },
  ],
  [
    'pods that crash once each',
    8_000,
    {
      scenes: [
        [
          0,
          [1, 2, 3]
            .map((it) => aPod(terminated(0), { name: `web-${it}` }))
            .concat(aDeployment({ replicas: 3 })),
        ],
        [
          7_000,
          [1, 2, 3]
            .map((it) => aPod(running(1), { name: `web-${it}` }))
            .concat(aDeployment({ replicas: 3 })),
        ],
      ],
    },
  ],
])('a rollout with %s is active after %i ms', (_, at, rollout) => {
  expect(failure(rollout)).toEqual({ reason: 'active', at });
});

test('a worker that exits within its stable time fails, after it passes', () => {
  const exitsAfter = (life: number): Rollout => ({
    services: [aWorker()],
    scenes: [
      [0, [deployment, aPod(running())]],
      [life, [deployment, aPod(terminated(0))]],
      [life + 1_000, [deployment, aPod(running(1))]],
      [2 * life + 1_000, [deployment, aPod(terminated(1))]],
    ],
  });

  expect(failure(exitsAfter(8_000))).toEqual({ reason: 'CrashLoop', at: 17_000 });
  expect(failure(exitsAfter(12_000))).toEqual({ reason: 'active', at: 10_000 });
});

test('a healthy service waits for a slow one, and an exit every other minute is forgiven it', () => {
  const slow = aDeployment({ name: 'slow' });
  const slowPod = (ready: boolean) => aPod(running(0, ready), { name: 'slow-1', service: 'slow' });
  const services = [aService(), aService('slow', { readyWithin: 400, progressDeadline: 460 })];
  const scene = (from: number, web: object, ready = false): Rollout['scenes'][number] => [
    from,
    [deployment, aPod(web), slow, slowPod(ready)],
  ];
  const scenes = [
    scene(0, running(0)),
    scene(100_000, terminated(0)),
    scene(101_000, running(1)),
    scene(200_000, terminated(1)),
    scene(201_000, running(2)),
    scene(350_000, running(2), true),
  ];

  expect(failure({ services, scenes })).toEqual({ reason: 'active', at: 350_000 });
});

test('ups and downs for ever are no progress: a promotion comes to an end', () => {
  const services = [aService('web', { crashExits: 0 })];
  const scenes = Array.from({ length: 2_000 }, (_, index): Rollout['scenes'][number] => [
    index * 500,
    [deployment, aPod(index % 2 ? terminated(index) : running(index, false))],
  ]);

  expect(failure({ services, scenes }).reason).toBe('ProgressDeadline');
});

test('an unchanged service must be no worse than before, whatever its past', () => {
  const unchanged = { web: { ready: 1, replicas: 2 } };
  const pods = (ready: boolean) => [
    aDeployment({ replicas: 2 }),
    aPod(running(7, ready), { name: 'web-1' }),
    aPod(terminated(9), { name: 'web-2' }),
  ];

  expect(failure({ unchanged, scenes: [[0, pods(true)]] })).toEqual({ reason: 'active', at: 0 });
  expect(failure({ unchanged, scenes: [[0, pods(false)]] })).toEqual({
    reason: 'ProgressDeadline',
    at: 300_000,
  });
});

test('processes that a higher count adds are waited for', () => {
  const unchanged = { web: { ready: 1, replicas: 1 } };
  const two = aDeployment({ replicas: 2 });
  const scenes: Rollout['scenes'] = [
    [0, [two, aPod(running(), { name: 'web-1' })]],
    [5_000, [two, aPod(running(), { name: 'web-1' }), aPod(running(), { name: 'web-2' })]],
  ];

  expect(failure({ unchanged, scenes })).toEqual({ reason: 'active', at: 5_000 });
});

test('a rollback is complete when the old processes are back and the failed ones gone', () => {
  const restored = (objects: Parameters<typeof observeService>[1], ready: number) =>
    judgeRestored([observeService(aService(), objects)], { web: { ready } })['web'];
  const failed = aPod(terminated(3), { name: 'bad', template: 'bad' });

  expect(restored([deployment, aPod(running())], 1)).toBe('');
  expect(restored([deployment, aPod(running()), failed], 1)).toContain('to leave');
  expect(restored([deployment, aPod(running(0, false))], 1)).toContain('0 of 1');
  expect(restored([deployment, aPod(running(0, false))], 0)).toBe('');
  expect(restored([aDeployment({ observed: 1 }), aPod(running())], 1)).toContain('to begin');
  expect(restored([], 1)).toContain('Deployment');
  expect(restored([], 0)).toBe('');
});

const containers = fc.oneof(
  fc
    .record({ restarts: fc.nat(1), ready: fc.boolean() })
    .map((it) => running(it.restarts, it.ready)),
  fc.constant(terminated(0)),
  fc
    .constantFrom('ErrImagePull', 'ContainerCreating', 'CreateContainerConfigError', 'Odd', '')
    .map((it) => waiting(it, 'not found: secret'))
);

const looks = fc.array(
  fc.record({
    container: containers,
    replicas: fc.nat(3),
    elapsed: fc.nat(5_000),
    isThere: fc.boolean(),
  }),
  { maxLength: 30 }
);

const play = (
  given: readonly { container: object; replicas: number; elapsed: number; isThere: boolean }[],
  elapsedOf: (elapsed: number) => number
) => {
  let memory: Memory = freshMemory;
  const services = [aService()];
  return given.map(({ container, replicas, elapsed, isThere }) => {
    const objects = isThere ? [aDeployment({ replicas }), aPod(container)] : [];
    const observations = services.map((it) => observeService(it, objects));
    memory = remember(memory, observations, elapsedOf(elapsed));
    return judge({ services, observations, unchanged: {}, memory });
  });
};

test('no sequence of looks without observed time condemns by itself', () => {
  fc.assert(
    fc.property(looks, (given) => {
      expect(play(given, () => 0).every((it) => it.kind !== 'failed')).toBe(true);
    })
  );
});

test('whatever is seen, there is a verdict', () => {
  fc.assert(
    fc.property(looks, (given) => {
      for (const { kind } of play(given, (it) => it)) {
        expect(['progressing', 'active', 'failed']).toContain(kind);
      }
    })
  );
});

test('more exits never make a verdict better', () => {
  fc.assert(
    fc.property(fc.nat(20), fc.nat(20), (some, more) => {
      const kindAfter = (exits: number) =>
        play(
          [{ container: terminated(exits), replicas: 1, elapsed: 0, isThere: true }],
          (it) => it
        )[0]?.kind;

      if (kindAfter(some) === 'failed') expect(kindAfter(some + more)).toBe('failed');
    })
  );
});
