import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { PlaneError } from '#infra/local/plane/plane-error.ts';
import { stopAll } from './down.ts';
import { isRunning, partNames } from './part.ts';
import { placeAt } from './place.ts';
import { up } from './up.ts';

interface Flags {
  readonly json?: boolean;
}

const place = placeAt(process.env['RACKLESS_HOME']);

const runUp = async ({ json = false }: Flags): Promise<void> => {
  const { kubeconfig, registry, image } = await up(place, console.error);
  if (json) console.log(JSON.stringify({ kubeconfig, registry, image }));
  else
    console.log(`export KUBECONFIG=${kubeconfig} REGISTRY=${registry} CONFORMANCE_IMAGE=${image}`);
};

const runStatus = ({ json = false }: Flags): void => {
  const parts = Object.fromEntries(partNames.map((name) => [name, isRunning(place, name)]));
  const running = Object.values(parts).every(Boolean);
  if (json) console.log(JSON.stringify({ running, parts }));
  else for (const name of partNames) console.log(`${name} ${parts[name] ? 'runs' : 'is stopped'}`);
  if (!running) process.exitCode = 1;
};

const program = new Command('npm run cluster --')
  .description('A real Kubernetes of one node on this machine, for tests. Linux, root, Debian.')
  .helpCommand(false)
  .addHelpText(
    'after',
    `
The first up installs Debian packages and builds Kubernetes with Go (ten minutes, kept in ~/.cache/rackless).
A machine has one of it; RACKLESS_HOME names another folder than .rackless/ for it.

Examples:
  $ npm run cluster -- up
  $ npm run test:cluster
  $ AUTH=true npm run local -- up --kubeconfig .rackless/kubernetes/kubeconfig`
  );
program
  .command('up')
  .description('start it in the background; the first time builds Kubernetes')
  .option('--json', 'print one line of JSON on stdout, and progress on stderr')
  .addHelpText(
    'after',
    '\nExample:\n  $ eval "$(npm run --silent cluster -- up)" && kubectl get nodes'
  )
  .action(runUp);
program
  .command('down')
  .description('stop it and remove all that it holds; the build is kept')
  .action(() => stopAll(place));
program
  .command('status')
  .description('say what runs; exit code 0 when all does')
  .option('--json', 'print one line of JSON')
  .action(runStatus);

await program.parseAsync(process.argv).catch((error: unknown) => {
  if (error instanceof CommanderError) throw error;
  process.exitCode = 1;
  const known = error instanceof PlaneError;
  console.error('ERROR:', known ? error.message : error);
  if (known && error.hint) console.error(`  ${error.hint}`);
});
