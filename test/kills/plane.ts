import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readJsonFile } from '#infra/local/plane/json-file.ts';
import type { PartName, PartRecord } from '#infra/local/plane/part.ts';
import { isAlive } from '#infra/local/plane/process-identity.ts';
import { eventually } from '../cluster/conformance/conformance-bed.ts';

const recordOf = (name: PartName): PartRecord => {
  const home = process.env['RACKLESS_HOME'] ?? '';
  const record = readJsonFile<PartRecord>(join(home, 'parts', `${name}.json`));
  if (!record) throw new Error(`the plane has no part ${name}`);
  return record;
};

/** A part of the rack under test that answers nobody, and does not go away either. */
export const hold = (name: PartName): { readonly letGo: () => void } => {
  const { pid } = recordOf(name);
  process.kill(pid, 'SIGSTOP');
  return { letGo: () => process.kill(pid, 'SIGCONT') };
};

/** Ends a part of the rack under test; resolves once it is gone. */
export const endPart = async (name: PartName, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
  const record = recordOf(name);
  process.kill(record.pid, signal);
  await eventually(
    async () => isAlive(record),
    (alive) => !alive
  );
};

/** Makes good what is missing of the rack; what it said. */
export const upAgain = (): string => {
  const { status, stderr } = spawnSync(process.execPath, ['infra/local/main.ts', 'up', '--json'], {
    env: { ...process.env, AUTH: 'true', RACK_URL: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the rack did not come up again: ${stderr}`);
  return stderr;
};
