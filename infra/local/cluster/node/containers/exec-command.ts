import { signalGroup } from '../host/process-group.ts';
import type { ProcessLedger } from '../host/process-ledger.ts';
import { type ProcessDescription, startProcess } from './start-process.ts';

export interface ExecResult {
  readonly exitCode: number;
  readonly output: string;
  readonly timedOut: boolean;
}

export interface ExecLimits {
  readonly ledger: ProcessLedger;
  /** In ms. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** As the kubelet's probes: more output is cut off. */
const maximumOutput = 10 * 1024;

/** Runs one command beside a container, for a probe or a hook. Throws `StartError`. */
export const execCommand = async (
  description: ProcessDescription,
  limits: ExecLimits
): Promise<ExecResult> => {
  let group = 0;
  const child = await startProcess(description, (pid) => {
    group = pid;
    limits.ledger.add(pid, 'exec');
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(0, maximumOutput);
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  let timedOut = false;
  const kill = (): boolean => signalGroup(group, 'SIGKILL');
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, limits.timeout);
  limits.signal.addEventListener('abort', kill, { once: true });
  const exitCode = await new Promise<number>((resolve) => {
    child.once('exit', (code) => {
      kill();
      resolve(code ?? 137);
    });
  });
  clearTimeout(timer);
  limits.signal.removeEventListener('abort', kill);
  limits.ledger.remove(group);
  return { exitCode, output, timedOut };
};
