import { existsSync, mkdirSync, renameSync, rmdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { runProgram } from '#test/cluster/bed/run-program.ts';

export const helmVersion = '4.3.1';

const folder = join(homedir(), '.cache', 'rackless', 'helm', helmVersion);

/** The path of helm; built once from the Go module proxy (a few minutes) and kept outside the checkout. */
export const helmProgram = (progress: (line: string) => void): string => {
  const program = join(folder, 'helm');
  if (existsSync(program)) return program;
  progress(`building helm ${helmVersion}, once: about five minutes on two cores`);
  const unfinished = join(folder, `unfinished-${process.pid}`);
  mkdirSync(unfinished, { recursive: true });
  const env = { CGO_ENABLED: '0', GOFLAGS: '-p=2 -mod=mod', GOBIN: unfinished };
  const args = ['install', '-trimpath', `helm.sh/helm/v4/cmd/helm@v${helmVersion}`];
  runProgram('nice', ['-n', '19', 'go', ...args], { env });
  // Only then in its place: a build that was cut off must not look like a program.
  renameSync(join(unfinished, 'helm'), program);
  rmdirSync(unfinished);
  return program;
};
