import { expect, test } from '@jest/globals';
import { judgeRestored } from '#core/verdicts/judge-restored.ts';
import { observeService } from '#core/verdicts/observe-service.ts';
import {
  aDeployment,
  aPod,
  aService,
  aWorker,
  outcome,
  type Rollout,
  running,
  terminated,
} from './rollout.ts';

const deployment = aDeployment({});

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
  expect(outcome(rollout)).toEqual({ reason: 'active', at });
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

  expect(outcome(exitsAfter(8_000))).toEqual({ reason: 'CrashLoop', at: 17_000 });
  expect(outcome(exitsAfter(12_000))).toEqual({ reason: 'active', at: 10_000 });
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

  expect(outcome({ services, scenes })).toEqual({ reason: 'active', at: 350_000 });
});

test('ups and downs for ever are no progress: a promotion comes to an end', () => {
  const services = [aService('web', { crashExits: 0 })];
  const scenes = Array.from({ length: 2_000 }, (_, index): Rollout['scenes'][number] => [
    index * 500,
    [deployment, aPod(index % 2 ? terminated(index) : running(index, false))],
  ]);

  expect(outcome({ services, scenes }).reason).toBe('ProgressDeadline');
});

test('an unchanged service must be no worse than before, whatever its past', () => {
  const unchanged = { web: { ready: 1, replicas: 2 } };
  const pods = (ready: boolean) => [
    aDeployment({ replicas: 2 }),
    aPod(running(7, ready), { name: 'web-1' }),
    aPod(terminated(9), { name: 'web-2' }),
  ];

  expect(outcome({ unchanged, scenes: [[0, pods(true)]] })).toEqual({ reason: 'active', at: 0 });
  expect(outcome({ unchanged, scenes: [[0, pods(false)]] })).toEqual({
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

  expect(outcome({ unchanged, scenes })).toEqual({ reason: 'active', at: 5_000 });
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
