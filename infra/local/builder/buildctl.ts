import { runBuild } from './run-build.ts';

// BuildKit's progress goes to stderr as well.
const write = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

runBuild(process.argv.slice(2), {
  environment: process.env,
  platform: process.platform,
  write,
  now: () => performance.now(),
}).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    write(`error: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
);
