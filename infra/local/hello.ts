import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { join } from 'node:path';
import process from 'node:process';
import { checkout } from './plane/home.ts';
import type { Plane } from './plane/up.ts';
import { waitUntil } from './plane/wait-until.ts';

const app = 'hello';
const host = 'hello-web.localhost';
const folder = join(checkout, 'examples', app);
const rackless = join(checkout, 'bin', 'rackless');
const say = console.log;

/** Deploys examples/hello with the CLI, as its user would, and says what there is to try. */
export const deployHello = async (plane: Plane, signal: AbortSignal): Promise<void> => {
  const cli = (args: readonly string[], output: 'inherit' | 'ignore'): Promise<boolean> =>
    runCli(args, { RACK_URL: plane.rackUrl, output, signal });
  const exists = await cli(['apps', 'info', app], 'ignore');
  const ready = exists || (await cli(['apps', 'create', app], 'inherit'));
  say(`\n$ rackless deploy -a ${app}`);
  const deployed = ready && (await cli(['deploy', '-a', app], 'inherit'));
  signal.throwIfAborted();
  if (!deployed) say(`\nexamples/${app} could not be deployed; the reason is above`);
  for (const line of await whatNext(plane, deployed)) say(line);
};

const whatNext = async (plane: Plane, deployed: boolean): Promise<readonly string[]> => [
  ...(deployed ? await whereItAnswers(plane.appPort) : []),
  '',
  'In another terminal, in this folder:',
  `  export RACK_URL=${plane.rackUrl}`,
  `  ./bin/rackless ps -a ${app}`,
  'Break it, and see the release before it stay:',
  `  ./bin/rackless env set FAIL=crash --promote -a ${app}`,
  `  ./bin/rackless env unset FAIL --promote -a ${app}`,
  '',
  'Ctrl-C stops everything.',
];

const whereItAnswers = async (port: number | undefined): Promise<readonly string[]> => {
  if (port === undefined) return ['', `${app} runs; rackless services -a ${app} says where`];
  const answers = await waitUntil(() => isAnswering(port), 10_000);
  return [
    '',
    answers ? `${app} answers:` : `${app} should answer here, and does not yet:`,
    `  http://${host}:${port}`,
    `  curl -H 'Host: ${host}' http://127.0.0.1:${port}`,
  ];
};

/** By curl's way: the name need not resolve. fetch would not send another Host. */
const isAnswering = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, headers: { host }, timeout: 2_000 };
    const call = request(options, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    call.once('timeout', () => call.destroy());
    call.once('error', () => resolve(false));
    call.end();
  });

interface CliOptions {
  readonly RACK_URL: string;
  readonly output: 'inherit' | 'ignore';
  readonly signal: AbortSignal;
}

/** Whether it ended with 0. */
const runCli = (
  args: readonly string[],
  { RACK_URL, output, signal }: CliOptions
): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const child = spawn(rackless, args, {
      cwd: folder,
      env: { ...process.env, RACK_URL },
      stdio: ['ignore', output, output],
      signal,
    });
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0));
  });
