import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runProgram } from '../bed/run-program.ts';

/** Programs of one Go module, and files that are taken as they are. */
export interface Programs {
  readonly name: string;
  readonly module: string;
  readonly version: string;
  /** Each is a folder under `cmd`. */
  readonly commands: readonly string[];
  /** Paths in the module. */
  readonly scripts: readonly string[];
}

/** Builds them from the module's sources, unless the cache has them. Gives their folder. */
export const buildPrograms = (programs: Programs, progress: (line: string) => void): string => {
  const { name, version, commands, scripts } = programs;
  const cache = join(homedir(), '.cache', 'rackless', name, version);
  const inCache = (path: string): string => join(cache, path.replace(/^.*\//, ''));
  if ([...commands, ...scripts].every((it) => existsSync(inCache(it)))) return cache;
  progress(`building ${name} ${version}, once: minutes`);
  const folder = mkdtempSync(join(tmpdir(), `rackless-${name}-`));
  try {
    const sources = copySources(programs, folder);
    const env = { CGO_ENABLED: '0', GOFLAGS: '-p=2 -mod=mod', GOTOOLCHAIN: 'auto' };
    for (const command of commands) {
      const args = ['build', '-trimpath', '-ldflags', '-s -w', '-o', command, `./cmd/${command}`];
      runProgram('nice', ['-n', '19', 'go', ...args], { cwd: sources, env });
      keep(join(sources, command), inCache(command));
    }
    for (const script of scripts) keep(join(sources, script), inCache(script));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return cache;
};

/** The module itself is read-only, and its own go.mod pins what it is built with. */
const copySources = ({ module, version }: Programs, folder: string): string => {
  writeFileSync(join(folder, 'go.mod'), 'module download\n');
  const args = ['mod', 'download', '-json', `${module}@v${version}`];
  const { Dir } = JSON.parse(
    runProgram('go', args, { cwd: folder, env: { GOFLAGS: '-mod=mod' } })
  ) as { readonly Dir: string };
  const sources = join(folder, 'sources');
  cpSync(Dir, sources, { recursive: true });
  runProgram('chmod', ['-R', 'u+w', sources]);
  return sources;
};

/** Under another name first: a copy that was cut off must not look like a program. */
const keep = (from: string, to: string): void => {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, `${to}.${process.pid}`);
  renameSync(`${to}.${process.pid}`, to);
};
