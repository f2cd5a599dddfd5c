import type { RenderedService } from '../../rendering/rendered-release.ts';
import { judge, verdictsOf } from '../../verdicts/judge.ts';
import type { Unchanged as UnchangedService } from '../../verdicts/judge-service.ts';
import { Recorder } from '../../verdicts/recorder.ts';
import { type Failure, freshMemory, type Verdict } from '../../verdicts/verdict.ts';
import type { FailureRecord } from '../engine/checkpoint.ts';
import {
  deletedText,
  lacksDeployment,
  missingObjects,
  putBackOnceMore,
} from '../engine/missing-objects.ts';
import type { EngineDependencies, Run, TaskResult } from '../engine/run.ts';
import { PromotionSession } from '../engine/session.ts';
import { unchangedServices } from '../engine/unchanged-services.ts';
import { type Look, watchApp } from '../engine/watch-app.ts';

/** Watches the rollout until the verdict; the machine calls it again every 14 minutes. */
export const watch = async (deps: EngineDependencies, run: Run): Promise<TaskResult> => {
  const session = await PromotionSession.resume(deps, run);
  const { services } = session.plan.rendered;
  const unchanged = unchangedServices(session.plan);
  const recorder = new Recorder({ services, unchanged }, session.checkpoint.recording);
  const conclusion = await watchApp(session, {
    services,
    status: 'running',
    recorder,
    conclude: (look) => conclude(look, services, unchanged),
    waitingFor: (look) => waitingFor(look, services, unchanged),
  });
  if (conclusion === 'again') return session.goTo('Watch');
  if (conclusion.kind === 'failed') return failed(session, conclusion);
  const missing = await missingObjects(session, session.plan.rendered);
  if (missing.length > 0) return putBack(session, missing);
  return session.goTo(conclusion.kind === 'active' ? 'Activate' : 'Watch');
};

type Conclusion = Exclude<Verdict, { kind: 'progressing' }> | { readonly kind: 'incomplete' };

type Unchanged = Readonly<Record<string, UnchangedService>>;

const conclude = (
  look: Look,
  services: readonly RenderedService[],
  unchanged: Unchanged
): Conclusion | undefined => {
  if (look.cancel) return cancelled;
  if (lacksDeployment(look.observations)) return { kind: 'incomplete' };
  const verdict = judge({ services, ...look, unchanged });
  return verdict.kind === 'progressing' ? undefined : verdict;
};

const cancelled: Failure = {
  kind: 'failed',
  reason: 'Cancelled',
  cause: 'cancelled by request',
  service: '',
  process: undefined,
};

const waitingFor = (
  look: Look,
  services: readonly RenderedService[],
  unchanged: Unchanged
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    verdictsOf({ services, ...look, unchanged }).map(([service, verdict]) => [
      service,
      verdict.kind === 'progressing' ? verdict.waiting : '',
    ])
  );

/** A person or a tool has deleted some of the release's objects: half a release is never active. */
const putBack = (session: PromotionSession, missing: readonly string[]): Promise<TaskResult> => {
  const counted = putBackOnceMore(session, missing);
  if (counted)
    return session.goTo('Apply', { ...counted, memory: freshMemory, recording: undefined });
  return failed(session, { reason: 'ObjectsDeleted', cause: deletedText(missing) });
};

const failed = (
  session: PromotionSession,
  { reason, cause }: FailureRecord
): Promise<TaskResult> => {
  session.say('verdict', `system/rackless/verdict ${reason}: ${cause}`);
  return session.goTo('RecordEvidence', { failure: { reason, cause } });
};
