import type { Clock } from '../clock.ts';
import type { Container, Probe } from '../wire-objects.ts';
import { type ProbeTarget, performProbe, probeTcp } from './perform-probe.ts';
import { runProbe } from './probe-worker.ts';

type ProbeKind = 'Startup' | 'Liveness' | 'Readiness';

interface ProbeListener {
  readonly onStarted: () => void;
  readonly onReady: (ready: boolean) => void;
  /** The container has to be killed; `which` probe says so. */
  readonly onDead: (which: 'startup' | 'liveness') => void;
  readonly onUnhealthy: (message: string) => void;
}

export interface ProbeSubject {
  readonly container: Container;
  readonly target: ProbeTarget;
  readonly clock: Clock;
  readonly listener: ProbeListener;
  /** Aborts when the container's run ends. */
  readonly signal: AbortSignal;
}

const pollInterval = 50;

const portToAwait = ({ httpGet, tcpSocket }: Probe, target: ProbeTarget): number | undefined => {
  const port = httpGet?.port ?? tcpSocket?.port;
  return port === undefined ? undefined : target.portOf(port);
};

const portOpens = async (port: number, { clock, period, signal }: PortWait): Promise<void> => {
  const end = clock.now() + period;
  while (clock.now() < end && !signal.aborted) {
    if ((await probeTcp(port, '127.0.0.1', pollInterval)).ok) {
      return;
    }
    await clock.sleep(pollInterval, signal);
  }
};

interface PortWait {
  readonly clock: Clock;
  readonly period: number;
  readonly signal: AbortSignal;
}

const start = (
  kind: ProbeKind,
  probe: Probe,
  subject: ProbeSubject & { onResult: (ok: boolean) => void }
): void => {
  const { target, clock, listener, signal } = subject;
  const port = portToAwait(probe, target);
  const running = runProbe(
    {
      probe,
      clock,
      perform: () => performProbe(probe, target),
      onFailure: (message) => listener.onUnhealthy(`${kind} probe failed: ${message}`),
      onResult: subject.onResult,
      settled: async (period, until) => {
        if (port !== undefined) {
          await portOpens(port, { clock, period, signal: until });
        }
      },
    },
    signal
  );
  running.catch((error: unknown) => listener.onUnhealthy(`${kind} probe errored: ${error}`));
};

/** Starts the probes of a container that just started. Readiness and liveness wait for the startup probe. */
export const startProbes = (subject: ProbeSubject): void => {
  const { startupProbe } = subject.container;
  if (startupProbe === undefined) {
    afterStartup(subject);
    return;
  }
  const startup = new AbortController();
  const onResult = (ok: boolean): void => {
    startup.abort();
    if (ok) {
      afterStartup(subject);
    } else {
      subject.listener.onDead('startup');
    }
  };
  const signal = AbortSignal.any([subject.signal, startup.signal]);
  start('Startup', startupProbe, { ...subject, signal, onResult });
};

const afterStartup = (subject: ProbeSubject): void => {
  const { container, listener } = subject;
  listener.onStarted();
  if (container.readinessProbe === undefined) {
    listener.onReady(true);
  } else {
    start('Readiness', container.readinessProbe, { ...subject, onResult: listener.onReady });
  }
  if (container.livenessProbe !== undefined) {
    const onResult = (ok: boolean): void => {
      if (!ok) {
        listener.onDead('liveness');
      }
    };
    start('Liveness', container.livenessProbe, { ...subject, onResult });
  }
};
