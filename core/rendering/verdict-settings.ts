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
  const { stable, progressDeadline, crashRestartLimit } = service.deployment;
  return {
    stable: stable ?? (hasReadiness(service) ? 1 : 10),
    progressDeadline: progressDeadline || defaultProgressDeadline,
    crashExits: crashExits(crashRestartLimit),
    readyWithin: Math.max(patience, schedule(service)),
  };
};

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
