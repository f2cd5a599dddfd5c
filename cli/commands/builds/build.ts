import { buildFolder } from '../../build/build-folder.ts';
import type { Action } from '../../command.ts';

export const build: Action = async (context, { args: [folder = '.'], options }) => {
  const { out } = context;
  const built = await buildFolder(context, folder, options);
  out.result(built, `Build:   ${built.build}\nRelease: ${built.release}`);
  out.id(built.release);
};
