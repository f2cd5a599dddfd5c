import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkout } from '../plane/home.ts';
import { withLock } from '../plane/lock.ts';
import { lastTextLines } from '../plane/log-tail.ts';
import { PlaneError } from '../plane/plane-error.ts';
import type { Progress } from '../plane/progress.ts';
import { findPython, run } from './python.ts';

/** cryptography is what MiniStack signs with in KMS. */
const requirements = ['ministack==1.5.33', 'cryptography>=45,<51'] as const;

/** One for all planes of a checkout: it holds programs, no state. */
const folder = join(checkout, '.rackless', 'venv');
const installed = join(folder, 'installed');

/** The Python that has the emulator; creates its virtual environment the first time. */
export const installEmulator = async (
  progress: Progress,
  signal: AbortSignal | undefined
): Promise<string> => {
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (isComplete(python)) return python;
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  const waiting = (pid: number): void => progress(`waiting for process ${pid}, which installs it`);
  await withLock(`${folder}.lock`, waiting, async () => {
    if (isComplete(python)) return;
    progress(`installing the AWS emulator (${requirements[0]}) into ${folder}`);
    await create(python, signal);
    writeFileSync(installed, requirements.join('\n'));
  });
  return python;
};

const isComplete = (python: string): boolean =>
  existsSync(python) &&
  existsSync(installed) &&
  readFileSync(installed, 'utf8') === requirements.join('\n');

const create = async (python: string, signal: AbortSignal | undefined): Promise<void> => {
  const system = await findPython(process.env['PYTHON']);
  rmSync(folder, { recursive: true, force: true });
  await run(system, ['-m', 'venv', folder], { signal }).catch((cause: unknown) => {
    throw new PlaneError(
      ['cannot make a Python virtual environment', ...output(cause)].join('\n  '),
      {
        hint: 'Debian and Ubuntu have it in a package of its own: apt-get install python3-venv',
        cause,
      }
    );
  });
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  await run(python, [...pip, ...requirements], { signal }).catch((cause: unknown) => {
    throw new PlaneError(['cannot install the AWS emulator', ...output(cause)].join('\n  '), {
      hint: 'pip takes it from PyPI: is this machine online? PIP_INDEX_URL names another index',
      cause,
    });
  });
};

const output = (error: unknown): readonly string[] => {
  const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
  return lastTextLines(`${stdout}\n${stderr}`, 5);
};
