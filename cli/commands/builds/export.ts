import { openContentFile } from '../../archives/content-file.ts';
import { exportArchive } from '../../archives/export-archive.ts';
import type { Action } from '../../command.ts';
import { UsageError } from '../../errors.ts';

export const exportBuild: Action = async (context, { args: [id = ''], options: { file } }) => {
  const { host, out } = context;
  if (file === undefined && host.stdout.isTTY) {
    throw new UsageError('pipe this command into a file or specify --file');
  }
  const target = file === undefined ? undefined : await openContentFile(host.cwd, file);
  try {
    const bytes = await exportArchive(context, id, target?.write ?? host.writeContent);
    out.result({ build: id, ...(file !== undefined && { file }), bytes });
  } finally {
    await target?.close();
  }
};
