import type { Service } from '../manifests/manifest.ts';
import { hasReadiness } from './probes.ts';
import type { VerdictSettings } from './rendered-release.ts';

const defaultProgressDeadline = 300;
/** What is left in Convox when its detection is off: the timeout of a promotion. */
const endlessProgressDeadline = 3_000;
/** The second exit proves a crash loop: Kubernetes has then restarted the container once for free. */
const defaultCrashExits = 2;
/** A release that answers after half a minute is slow, not broken. */
const patience = 60;

/** The manifest's `deployment` keys and health schedule as the verdict engine needs them. */
export const verdictSettings = (service: Service): VerdictSettings => {
  const { progressDeadline, crashRestartLimit } = service.deployment;
  const stable = service.deployment.stable ?? (hasReadiness(service) ? 1 : 10);
  const readyWithin = Math.max(patience, schedule(service));
  return {
    stable,
    progressDeadline: deadlineFor(progressDeadline, { stable, readyWithin }),
    crashExits: crashExits(crashRestartLimit),
    readyWithin,
  };
};

/** The keys of the manifest's `deployment` that govern a verdict, and what else does. */
export interface PolicyChange {
  readonly stable?: number;
  readonly progressDeadline?: number;
  readonly crashRestartLimit?: number;
  readonly readyWithin?: number;
}

/** Settings as they would be had the manifest said so. */
export const changedSettings = (
  settings: VerdictSettings,
  { stable = settings.stable, readyWithin = settings.readyWithin, ...change }: PolicyChange
): VerdictSettings => ({
  stable,
  readyWithin,
  progressDeadline:
    change.progressDeadline === undefined
      ? Math.max(settings.progressDeadline, stable + slack)
      : deadlineFor(change.progressDeadline, { stable, readyWithin }),
  crashExits:
    change.crashRestartLimit === undefined
      ? settings.crashExits
      : crashExits(change.crashRestartLimit),
});

/** Waiting out a check's own schedule or the stable time is no lack of progress. */
const deadlineFor = (
  given: number | undefined,
  { stable, readyWithin }: Pick<VerdictSettings, 'stable' | 'readyWithin'>
): number => {
  const least = Math.max(defaultProgressDeadline, readyWithin + slack);
  const wanted = given === 0 ? Math.max(endlessProgressDeadline, least) : (given ?? least);
  return Math.max(wanted, stable + slack);
};

/** For what is not the process itself: its pull, its start, the next look at it. */
const slack = 30;

/** Convox counts restarts; the exit before the first restart is one more. */
const crashExits = (limit: number | undefined): number => {
  if (limit === -1) return 0;
  return limit ? limit + 1 : defaultCrashExits;
};

/** How long the service's own checks may take to pass: startup first, then readiness. */
const schedule = ({ startupProbe, health }: Service): number =>
  (startupProbe ? startupProbe.grace + startupProbe.interval * startupProbe.failureThreshold : 0) +
  health.grace +
  health.interval * 6;
