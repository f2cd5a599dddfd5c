import { type Export, getExport, startExport } from '#contracts/archives.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { retrying } from '../events/retrying.ts';
import { bytesText } from '../ui/progress.ts';
import { ProgressView } from '../ui/progress-view.ts';
import { download } from './download.ts';

/** Milliseconds between two questions. */
const pause = 1000;

/** Has the rack make the archive of a build, and brings it. Gives its size in bytes. */
export const exportArchive = async (
  context: Context,
  id: string,
  write: (content: AsyncIterable<Uint8Array>) => Promise<void>
): Promise<number> => {
  const view = new ProgressView(context, 'Exporting build');
  try {
    const { url = '', total } = await made(context, id, view);
    await write(
      download(context.host, { url, size: total }, (bytes) => {
        view.show(sightOf({ status: 'complete', done: bytes, total }), 'Downloading build');
      })
    );
    view.done();
    return total;
  } finally {
    view.close();
  }
};

const made = async (context: Context, id: string, view: ProgressView): Promise<Export> => {
  const { call, app, host } = context;
  let found = await call(startExport, { app: app(), id });
  while (found.status === 'running') {
    view.show(sightOf(found));
    await host.clock.sleep(pause);
    found = await retrying(context, () => call(getExport, { app: app(), id }));
  }
  if (found.status === 'complete') return found;
  throw new CliError('ExportFailed', `build ${id} could not be exported: ${found.reason}`);
};

const sightOf = ({ status, done, total }: Pick<Export, 'status' | 'done' | 'total'>) => {
  const of = total > 0 ? ` of ${bytesText(total)}` : '';
  const what = status === 'running' ? 'packed' : 'fetched';
  return {
    part: total > 0 ? done / total : 0,
    bytes: done,
    summary: `${bytesText(done)}${of} ${what}`,
    record: { type: 'export', status, done, total },
  };
};
