import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PlaneError } from '../plane/plane-error.ts';

export const run = promisify(execFile);

/** What MiniStack asks for. */
const oldest = [3, 10] as const;

const wayOut =
  'install Python 3.10 or newer (https://www.python.org/downloads), or name one: PYTHON=/path/to/python3';

/** Whether the version that `python --version` printed can run the emulator. */
export const isNewEnough = (printed: string): boolean => {
  const [, major = '0', minor = '0'] = /Python (\d+)\.(\d+)/.exec(printed) ?? [];
  return Number(major) > oldest[0] || (Number(major) === oldest[0] && Number(minor) >= oldest[1]);
};

/** The command of a Python that can run the emulator: `asked`, or the first one on the PATH. */
export const findPython = async (asked: string | undefined): Promise<string> => {
  const commands = asked ? [asked] : ['python3', 'python'];
  const found = await Promise.all(
    commands.map(async (command) => ({ command, version: await versionOf(command) }))
  );
  const fit = found.find(({ version }) => version !== undefined && isNewEnough(version));
  if (fit) return fit.command;
  const old = found.filter(({ version }) => version !== undefined);
  const why =
    old.length > 0
      ? old.map(({ command, version }) => `${command} is ${version}`).join(', ')
      : `there is no ${commands.join(' or ')}`;
  throw new PlaneError(`the AWS emulator needs Python 3.10 or newer: ${why}`, { hint: wayOut });
};

const versionOf = async (command: string): Promise<string | undefined> => {
  try {
    const { stdout, stderr } = await run(command, ['--version']);
    return `${stdout}${stderr}`.trim();
  } catch {
    // Not there, or not a Python.
    return undefined;
  }
};
