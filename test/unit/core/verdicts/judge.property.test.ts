import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judge } from '#core/verdicts/judge.ts';
import { remember } from '#core/verdicts/memory.ts';
import { observeService } from '#core/verdicts/observe-service.ts';
import { freshMemory, type Memory } from '#core/verdicts/verdict.ts';
import { aDeployment, aPod, aService, running, terminated, waiting } from './rollout.ts';

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
