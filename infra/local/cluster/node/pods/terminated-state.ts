import { kubernetesTime } from '../clock.ts';
import type { Exit } from '../containers/container-run.ts';
import type { Terminated } from '../wire-objects.ts';
import { terminationMessage } from './termination-message.ts';

export interface EndedRun {
  readonly containerID: string;
  readonly startedAt: string;
  /** In ms since the epoch. */
  readonly now: number;
  readonly messageFile: string;
  readonly messagePolicy: string | undefined;
}

/** `state.terminated` of a container whose process has ended. */
export const endedState = (
  run: EndedRun,
  { exitCode, reason }: Exit,
  logFile: string
): Terminated => {
  const { containerID, startedAt, now, messageFile, messagePolicy } = run;
  const message = terminationMessage({
    file: messageFile,
    policy: messagePolicy,
    logFile,
    exitCode,
  });
  return {
    containerID,
    exitCode,
    reason,
    ...(message === undefined ? {} : { message }),
    startedAt,
    finishedAt: kubernetesTime(now),
  };
};

/** As containerd tells of a container that could not be started. */
export const startErrorState = ({ containerID, now }: EndedRun, message: string): Terminated => ({
  containerID,
  exitCode: 128,
  reason: 'StartError',
  message,
  startedAt: kubernetesTime(0),
  finishedAt: kubernetesTime(now),
});
