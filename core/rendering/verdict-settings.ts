import type { Service } from '../manifests/manifest.ts';
import { hasReadiness } from './probes.ts';
import type { VerdictSettings } from './rendered-release.ts';

const defaultProgressDeadline = 300;
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
    // Waiting out a check's own schedule or the stable time is no lack of progress.
    progressDeadline: Math.max(
      progressDeadline || Math.max(defaultProgressDeadline, readyWithin + slack),
      stable + slack
    ),
    crashExits: crashExits(crashRestartLimit),
    readyWithin,
  };
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
