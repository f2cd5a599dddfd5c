import { type JudgedService, judgeService, type Unchanged } from './judge-service.ts';
import type { ServiceObservation } from './observation.ts';
import type { Memory, Verdict } from './verdict.ts';

export interface JudgeInput {
  readonly services: readonly JudgedService[];
  readonly observations: readonly ServiceObservation[];
  /** Services whose template has not changed, and how they stood before. */
  readonly unchanged: Readonly<Record<string, Unchanged>>;
  readonly memory: Memory;
}

/** The verdict on each service by its name. */
export const verdictsOf = (input: JudgeInput): readonly (readonly [string, Verdict])[] =>
  input.services.map((service) => [
    service.name,
    judgeService({
      service,
      observation:
        input.observations.find((it) => it.service === service.name) ?? nothing(service.name),
      unchangedSince: input.unchanged[service.name],
      memory: input.memory,
    }),
  ]);

/** The verdict on a release: the first failure decides; active when every service is. */
export const judge = (input: JudgeInput): Verdict => {
  const verdicts = verdictsOf(input).map(([, verdict]) => verdict);
  return (
    verdicts.find((it) => it.kind === 'failed') ??
    verdicts.find((it) => it.kind === 'progressing') ?? { kind: 'active' }
  );
};

const nothing = (service: string): ServiceObservation => ({
  service,
  deployment: undefined,
  fresh: [],
  old: [],
  leaving: 0,
});
