import { type PartName, readPart } from './part.ts';
import { choosePort } from './ports.ts';
import { killRemainsOfGroup } from './process-identity.ts';
import { remember, type UpRun } from './up-run.ts';

/** The port that a part has, or is to listen on when it is started. It is the same for ever after. */
export const portOfPart = async (
  run: UpRun,
  name: PartName,
  asked: number | undefined
): Promise<number> => {
  const { state, record } = readPart(run.place, name);
  if (state === 'running' && record && (asked ?? record.port) === record.port) return record.port;
  if (record && state === 'crashed') killRemainsOfGroup(record);
  const { ports } = run.settings;
  const port = await choosePort({ what: name, asked, remembered: ports[name] });
  remember(run, { ports: { ...ports, [name]: port } });
  return port;
};
