import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Action } from '../../command.ts';
import { type Change, changeAndPromote } from '../../environment/change-environment.ts';
import { readEnvironment } from '../../environment/read-environment.ts';
import { formatVariables, parseVariables, type Variables } from '../../environment/variables.ts';
import type { Host } from '../../host.ts';

export const edit: Action = async (context, { options }) => {
  const { release, variables } = await readEnvironment(context, options.release);
  const edited = parseVariables(await editText(context.host, formatVariables(variables)));
  const change = difference(variables, edited);
  if (!change) {
    context.out.print('No changes');
    context.out.result({ changed: false });
    return;
  }
  // A named release is the base by choice: that there are newer ones is no surprise then.
  const basedOn = options.release ? undefined : release?.id;
  await changeAndPromote(context, { ...change, basedOn }, options);
};

/** The file is readable by its owner only, and gone as soon as the editor is. */
const editText = async (host: Host, text: string): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'rackless-env-'));
  const file = join(folder, 'environment');
  try {
    await writeFile(file, text ? `${text}\n` : '', { mode: 0o600 });
    await host.edit(file);
    return await readFile(file, 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const difference = (before: Variables, after: Variables): Change | undefined => {
  const set = new Map([...after].filter(([key, value]) => before.get(key) !== value));
  const unset = [...before.keys()].filter((key) => !after.has(key));
  return set.size + unset.length > 0 ? { set, unset } : undefined;
};
