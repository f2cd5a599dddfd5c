import type { Build } from '../builds/build.ts';
import { type Clock, timestamp } from '../clock.ts';
import type { Objects } from '../objects/ports.ts';
import type { ExportRuns } from './ports.ts';

type BuildKey = Pick<Build, 'app' | 'id'>;

/** Where the archive of a build is; it appears there whole. */
export const exportKey = (build: string): string => `exports/${build}.tgz`;

const stateKey = (build: string): string => `exports/${build}.json`;

/** How far the making of an archive is, kept beside it. */
export interface ExportState {
  readonly v: 1;
  readonly run: string;
  readonly status: 'running' | 'failed';
  /** Bytes of the archive's files that are in it, and of all of them; 0 while nobody knows. */
  readonly done: number;
  readonly total: number;
  /** Why it failed, in one sentence. */
  readonly reason: string;
  /** RFC 3339. */
  readonly started: string;
}

export interface Export extends Pick<ExportState, 'done' | 'total' | 'reason'> {
  readonly build: string;
  readonly status: ExportState['status'] | 'complete';
  /** Where the archive can be fetched for an hour. */
  readonly url?: string;
}

export interface ExportDependencies {
  /** Of archives. */
  readonly transfers: Objects;
  readonly exportRuns: ExportRuns;
  readonly clock: Clock;
}

/** A run's record stands for a moment before its execution does; milliseconds. */
const grace = 60_000;

/** What there is of an export; undefined when nobody has asked for it, or when it has expired. */
export const findExport = async (
  deps: ExportDependencies,
  { app, id }: BuildKey
): Promise<Export | undefined> => {
  const { transfers } = deps;
  const size = await transfers.size(app, exportKey(id));
  if (size !== undefined) {
    const url = await transfers.downloadAddress(app, exportKey(id));
    return { build: id, status: 'complete', done: size, total: size, reason: '', url };
  }
  const state = await readState(transfers, { app, id });
  if (!state) return undefined;
  return (await isLost(deps, { app, id }, state))
    ? shown(id, { ...state, status: 'failed', reason: 'it was interrupted' })
    : shown(id, state);
};

const isLost = async (
  { exportRuns, clock }: ExportDependencies,
  { app, id }: BuildKey,
  { status, run, started }: ExportState
): Promise<boolean> =>
  status === 'running' &&
  Date.parse(started) + grace < clock() &&
  !(await exportRuns.isRunning({ app, id, run }));

const shown = (build: string, { status, done, total, reason }: ExportState): Export => ({
  build,
  status,
  done,
  total,
  reason,
});

/** Begins to make the archive, whatever came of it before. */
export const beginExport = async (
  { transfers, exportRuns, clock }: ExportDependencies,
  { app, id }: BuildKey
): Promise<Export> => {
  const state: ExportState = {
    v: 1,
    run: clock().toString(36),
    status: 'running',
    done: 0,
    total: 0,
    reason: '',
    started: timestamp(clock),
  };
  await writeState(transfers, { app, id }, state);
  await exportRuns.start({ app, id, run: state.run });
  return shown(id, state);
};

export const writeState = (
  transfers: Pick<Objects, 'write'>,
  { app, id }: BuildKey,
  state: ExportState
): Promise<void> =>
  transfers.write(app, stateKey(id), new TextEncoder().encode(JSON.stringify(state)));

const readState = async (
  transfers: Pick<Objects, 'readText'>,
  { app, id }: BuildKey
): Promise<ExportState | undefined> => {
  const text = await transfers.readText(app, stateKey(id));
  return text === undefined ? undefined : (JSON.parse(text) as ExportState);
};
