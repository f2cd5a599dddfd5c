import { importArchive } from '../../archives/import-archive.ts';
import { openArchive } from '../../archives/open-archive.ts';
import type { Action } from '../../command.ts';
import { UsageError } from '../../errors.ts';

export const importBuild: Action = async (context, { options: { file } }) => {
  const { host, out } = context;
  if (file === undefined && host.input.isTTY) {
    throw new UsageError('pipe a file into this command or specify --file');
  }
  const archive = await openArchive(host, file);
  try {
    const built = await importArchive(context, archive);
    out.result(built);
    out.id(built.release);
  } finally {
    archive.close();
  }
};
