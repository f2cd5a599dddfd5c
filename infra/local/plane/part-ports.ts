import type { Home } from './home.ts';
import { type PartName, readPart } from './part.ts';
import { choosePort } from './ports.ts';

/** The port that a part has, or is to listen on when it is started. */
export const portOfPart = async (
  home: Home,
  name: PartName,
  wish: { readonly asked: number | undefined; readonly remembered: number | undefined }
): Promise<number> => {
  const { state, record } = readPart(home, name);
  const { asked } = wish;
  if (state === 'running' && record && (asked ?? record.port) === record.port) return record.port;
  return choosePort({ what: name, ...wish });
};
