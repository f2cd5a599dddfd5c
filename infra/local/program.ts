import process from 'node:process';
import { Command, InvalidArgumentError } from 'commander';
import { down } from './plane/down.ts';
import { readParameter, type StackParameters } from './plane/stack-parameters.ts';
import { logLines, reportLines, status } from './plane/status.ts';
import { up } from './plane/up.ts';
import { start } from './start.ts';

const home = (): string | undefined => process.env['RACKLESS_HOME'];

const portNumber = (text: string): number => {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new InvalidArgumentError('a port is a number from 1 to 65535.');
};

const collect = (text: string, before: StackParameters): StackParameters => {
  const [key, value] = readParameter(text);
  return { ...before, [key]: value };
};

interface UpFlags {
  readonly param?: StackParameters;
  readonly kubeconfig?: string;
  readonly address?: string;
  readonly port?: number;
  readonly json?: boolean;
}

const runUp = async ({ param, json = false, ...flags }: UpFlags): Promise<void> => {
  const progress = json ? console.error : console.log;
  const asked = { ...flags, parameters: param };
  const plane = await up({ ...asked, home: home(), progress, variables: process.env });
  const { rackUrl, awsEndpoint, kubeconfig: file, registry } = plane;
  if (json) {
    console.log(JSON.stringify({ rackUrl, awsEndpoint, kubeconfig: file, registry }));
    return;
  }
  console.log(`export RACK_URL=${rackUrl}`);
};

const runStatus = ({ json = false }: { readonly json?: boolean }): void => {
  const report = status(home());
  if (json) console.log(JSON.stringify(report));
  else for (const line of reportLines(report)) console.log(line);
  if (!report.running) process.exitCode = 1;
};

const addUp = (root: Command): Command =>
  root
    .command('up')
    .description('start it in the background, or mend what is missing')
    .option('--kubeconfig <file>', 'drive this cluster instead of the embedded one')
    .option(
      '--address <ip>',
      'of this machine, where the nodes and pods of that cluster reach the registry and the sources'
    )
    .option('--port <number>', 'port of the front door', portNumber)
    .option('--param <key=value>', 'parameter of serverless.yml; may be repeated', collect, {})
    .option('--json', 'print one line of JSON on stdout, and progress on stderr')
    .addHelpText('after', '\nExample:\n  $ AUTH=true npm run --silent local -- up --json')
    .action(runUp);

/** The commands of the local plane; RACKLESS_HOME names another state folder than `.rackless/`. */
export const program = (): Command => {
  const root = new Command('npm run local --')
    .description('A whole rack on this machine: AWS emulator, cluster, and one front door.')
    .helpCommand(false)
    .exitOverride();
  root
    .command('start')
    .description('start it in the foreground and deploy examples/hello; Ctrl-C stops everything')
    .option('--kubeconfig <file>', 'drive this cluster instead of the embedded one')
    .option('--port <number>', 'port of the front door', portNumber)
    .action(({ kubeconfig, port }: UpFlags) => start({ home: home(), kubeconfig, port }));
  addUp(root);
  root
    .command('down')
    .description('stop it; apps, releases and images are there again after the next up')
    .option('--clean', 'forget apps, releases, images, token and ports as well')
    .action(({ clean }: { readonly clean?: boolean }) =>
      down({ home: home(), clean, progress: console.log })
    );
  root
    .command('status')
    .description('say what runs, and why something does not; exit code 0 when all runs')
    .option('--json', 'print one line of JSON')
    .action(runStatus);
  root
    .command('logs')
    .description('print where the logs are and how they end')
    .action(() => {
      for (const line of logLines(home())) console.log(line);
    });
  return root;
};
