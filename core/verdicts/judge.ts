import type { RenderedService } from '../rendering/rendered-release.ts';
import { judgeService } from './judge-service.ts';
import type { ServiceObservation } from './observation.ts';
import type { Memory, Verdict } from './verdict.ts';

export interface JudgeInput {
  readonly services: readonly RenderedService[];
  readonly observations: readonly ServiceObservation[];
  /** Services whose template has not changed, with the processes that were ready before. */
  readonly unchanged: Readonly<Record<string, { readonly ready: number }>>;
  readonly memory: Memory;
}

/** The verdict on a release: the first failure decides; active when every service is. */
export const judge = ({ services, observations, unchanged, memory }: JudgeInput): Verdict => {
  const verdicts = services.map((service) =>
    judgeService({
      service,
      observation: observations.find((it) => it.service === service.name) ?? nothing(service.name),
      unchangedSince: unchanged[service.name],
      memory,
    })
  );
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
});
