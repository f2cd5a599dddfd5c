import type { Home } from './home.ts';
import type { Progress } from './progress.ts';
import { type Settings, writeSettings } from './settings.ts';
import type { StackParameters } from './stack-parameters.ts';

export interface UpOptions {
  /** The state folder; `.rackless/` in the checkout when left out. */
  readonly home?: string | undefined;
  /** Drives this cluster instead of the embedded one. */
  readonly kubeconfig?: string | undefined;
  /** An address of this machine that the cluster's nodes and pods can reach; remembered. */
  readonly address?: string | undefined;
  /** Of the front door. */
  readonly port?: number | undefined;
  /** Of the stack, besides or instead of what the plane sets by itself; remembered. */
  readonly parameters?: StackParameters | undefined;
  /** Holds the emulator's switches, such as AUTH. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly progress: Progress;
  /** Gives up at the next step; what runs by then goes on running. */
  readonly signal?: AbortSignal | undefined;
}

/** What the steps of an `up` share. They change `settings`, which are on disk at all times. */
export interface UpRun extends UpOptions {
  readonly place: Home;
  settings: Settings;
}

export const remember = (run: UpRun, change: Partial<Settings>): void => {
  run.settings = { ...run.settings, ...change };
  writeSettings(run.place, run.settings);
};
