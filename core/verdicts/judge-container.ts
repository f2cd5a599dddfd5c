import type { VerdictSettings } from '../rendering/rendered-release.ts';
import { conditions, containerKey, heldFor } from './memory.ts';
import type { ContainerObservation, PodObservation } from './observation.ts';
import type { Memory } from './verdict.ts';

export interface Finding {
  readonly reason: string;
  readonly text: string;
}

type Exit = NonNullable<ContainerObservation['lastExit']>;

interface Look {
  readonly pod: PodObservation;
  readonly settings: VerdictSettings;
  readonly memory: Memory;
}

/** An error that only a person can mend must stand this long: nothing tries again any sooner. */
const definiteAfter = 500;
/** Other errors (a registry that does not answer, a busy kubelet) may pass by themselves. */
const grace = 60_000;

const definitePull =
  /not found|manifest unknown|does not exist|denied|unauthorized|forbidden|no match for platform/i;

/** What is missing or contradicts itself stays so. */
const definiteConfig =
  /not found|couldn't find key|runAsNonRoot|run as root|non-numeric user|no command specified|invalid|no such file/i;

/** The image has no such program: the next start ends alike, since images don't change. */
const definiteStart =
  /exec: "[^"]*": (executable file not found|stat [^:]*: no such file|permission denied|is a directory)/;

/** A busy kubelet's own trouble with a Secret or ConfigMap that is there: it tries again by itself. */
const kubeletBlip = /failed to sync \w+ cache|timed out|timeout|context deadline exceeded/i;

/** What condemns the release in one of its containers, if anything does. */
export const judgeContainer = (container: ContainerObservation, look: Look): Finding | undefined =>
  exited(container, look) ?? stuck(container, look);

const exited = (
  { exits, lastExit, isInit, name }: ContainerObservation,
  { settings, pod, memory }: Look
): Finding | undefined => {
  const counted = exits - (memory.forgiven[containerKey(pod.name, name)] ?? 0);
  if (settings.crashExits === 0 || counted === 0) return undefined;
  const couldStart = !lastExit || !isStartError(lastExit);
  const isHopeless = !couldStart && definiteStart.test(lastExit.message);
  if (counted < settings.crashExits && !isHopeless) return undefined;
  if (!couldStart) {
    return { reason: 'BadCommand', text: `process ${pod.name} cannot start: ${lastExit.message}` };
  }
  return crashed(`process ${pod.name} exited ${counted} times`, { name, isInit, lastExit });
};

const isStartError = ({ reason }: Exit): boolean =>
  reason === 'StartError' || reason === 'ContainerCannotRun';

const crashed = (
  what: string,
  { name, isInit, lastExit }: Pick<ContainerObservation, 'name' | 'isInit' | 'lastExit'>
): Finding => {
  const how = exitText(lastExit);
  if (lastExit?.reason === 'OOMKilled') {
    return { reason: 'OOMKilled', text: `${what}, killed for using more memory than scale.memory` };
  }
  if (isInit) return { reason: 'InitFailed', text: `${what} in its init container ${name}${how}` };
  return { reason: 'CrashLoop', text: `${what}${how}` };
};

const exitText = (exit: ContainerObservation['lastExit']): string =>
  exit ? `, last with code ${exit.code}` : '';

const stuck = (container: ContainerObservation, { pod, memory }: Look): Finding | undefined => {
  const { waiting, name } = container;
  if (!waiting) return undefined;
  const held = heldFor(memory, conditions.waiting(pod.name, name, waiting.reason));
  return badImage(waiting, held) ?? badConfig(waiting, held, pod.name);
};

const badImage = (
  { reason, message }: { readonly reason: string; readonly message: string },
  held: number
): Finding | undefined => {
  if (reason === 'InvalidImageName') return { reason: 'InvalidImageName', text: message };
  if (reason === 'ErrImageNeverPull') return { reason: 'ImageNotFound', text: message };
  if (reason !== 'ErrImagePull' && reason !== 'ImagePullBackOff') return undefined;
  // The back-off says that the first error was not the last word; its text may lack the cause.
  if (definitePull.test(message) && (held >= definiteAfter || reason === 'ImagePullBackOff')) {
    return { reason: pullReason(message), text: `the image can't be pulled: ${message}` };
  }
  if (held < grace) return undefined;
  return { reason: 'ImagePullFailed', text: `the image can't be pulled: ${message}` };
};

const pullReason = (message: string): string =>
  /denied|unauthorized|forbidden/i.test(message) ? 'ImageDenied' : 'ImageNotFound';

const badConfig = (
  { reason, message }: { readonly reason: string; readonly message: string },
  held: number,
  pod: string
): Finding | undefined => {
  if (reason !== 'CreateContainerConfigError' && reason !== 'CreateContainerError') {
    return undefined;
  }
  const isDefinite = definiteConfig.test(message) && !kubeletBlip.test(message);
  if (held < (isDefinite ? definiteAfter : grace)) return undefined;
  const code = /secret|configmap/i.test(message) ? 'MissingSecret' : 'BadContainerConfig';
  return { reason: code, text: `process ${pod} cannot be configured: ${message}` };
};
