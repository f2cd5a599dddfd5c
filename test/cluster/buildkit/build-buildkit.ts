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
import { join } from 'node:path';
import { runProgram } from '../bed/run-program.ts';

export const buildkitVersion = '0.34.2';

/** Programs of BuildKit, and the script that runs both for one build. */
export const buildkitPrograms = ['buildctl', 'buildkitd', 'buildctl-daemonless.sh'] as const;

const script = 'examples/buildctl-daemonless/buildctl-daemonless.sh';

/** Builds BuildKit, unless the cache has it: minutes, once. Gives the folder of its programs. */
export const buildBuildkit = (progress: (line: string) => void): string => {
  const cache = join(homedir(), '.cache', 'rackless', 'buildkit', buildkitVersion);
  if (buildkitPrograms.every((name) => existsSync(join(cache, name)))) return cache;
  progress(`building BuildKit ${buildkitVersion}, once: about five minutes on two cores`);
  const folder = mkdtempSync(join(tmpdir(), 'rackless-buildkit-'));
  try {
    const sources = copySources(folder);
    const env = { CGO_ENABLED: '0', GOFLAGS: '-p=2 -mod=mod', GOTOOLCHAIN: 'auto' };
    for (const name of ['buildctl', 'buildkitd']) {
      const args = ['build', '-trimpath', '-ldflags', '-s -w', '-o', name, `./cmd/${name}`];
      runProgram('nice', ['-n', '19', 'go', ...args], { cwd: sources, env });
      keep(join(sources, name), join(cache, name));
    }
    keep(join(sources, script), join(cache, 'buildctl-daemonless.sh'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return cache;
};

/** The module itself is read-only, and its own go.mod pins what it is built with. */
const copySources = (folder: string): string => {
  writeFileSync(join(folder, 'go.mod'), 'module download\n');
  const args = ['mod', 'download', '-json', `github.com/moby/buildkit@v${buildkitVersion}`];
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
  mkdirSync(join(to, '..'), { recursive: true });
  copyFileSync(from, `${to}.${process.pid}`);
  renameSync(`${to}.${process.pid}`, to);
};
