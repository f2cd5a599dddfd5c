import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { clientSettings, region } from '#infra/local/aws/access.ts';
import { runOsls } from '#infra/local/aws/run-osls.ts';
import { checkout } from '#infra/local/plane/home.ts';
import { withLock } from '#infra/local/plane/lock.ts';
import { type Emulator, startEmulator } from '../emulator.ts';

export const stage = 'trial';

export interface DeployedStack {
  readonly emulator: Emulator;
  /** The folder of what was packaged: templates and bundles. */
  readonly folder: string;
  readonly outputs: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** serverless.yml as it is, packaged and deployed into an emulator that enforces its IAM roles. */
export const deployStack = async (): Promise<DeployedStack> => {
  const root = mkdtempSync(join(tmpdir(), 'rackless-stack-'));
  const folder = join(root, 'package');
  const emulator = await startEmulator({ AUTH: 'true' });
  const stop = async (): Promise<void> => {
    await emulator.stop();
    rmSync(root, { recursive: true, force: true });
  };
  try {
    await osls('package', folder, emulator.port);
    await osls('deploy', folder, emulator.port);
    return { emulator, folder, outputs: await outputsOf(emulator.port), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const osls = async (command: string, folder: string, port: number): Promise<void> => {
  // Beside the folder, which packaging empties.
  const log = join(folder, '..', `${command}.log`);
  const registry = `127.0.0.1:${port}`;
  const parameters = [`registryHost=${registry}`, `registryInsecure=${registry}`];
  const args = [
    ...[command, '--stage', stage, '--region', region, '--package', folder],
    ...parameters.flatMap((it) => ['--param', it]),
  ];
  // osls works in folders of the checkout, so whoever uses it takes turns.
  const lock = join(checkout, '.rackless', 'deploy.lock');
  const done = await withLock(
    lock,
    () => undefined,
    () => runOsls(args, { log, port, signal: undefined })
  );
  if (!done) throw new Error(`osls ${command} failed:\n${readFileSync(log, 'utf8').slice(-3000)}`);
};

const outputsOf = async (port: number): Promise<Readonly<Record<string, string>>> => {
  const client = new CloudFormationClient(clientSettings(port));
  const { Stacks: [stack] = [] } = await client.send(
    new DescribeStacksCommand({ StackName: `rackless-${stage}` })
  );
  client.destroy();
  return Object.fromEntries(
    (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue])
  );
};

export interface StackAnswer {
  readonly status: number;
  readonly text: string;
}

/** Sends a request through the API Gateway of the stack. */
export const callApi = (
  { emulator, outputs }: DeployedStack,
  { method = 'GET', path, token, body }: Call
): Promise<StackAnswer> =>
  new Promise((resolve, reject) => {
    const id = new URL(outputs['ApiUrl'] ?? '').hostname.split('.')[0];
    const headers = {
      host: `${id}.execute-api.localhost`,
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const url = `http://127.0.0.1:${emulator.port}${path}`;
    const sent = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() })
      );
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly token?: string;
  readonly body?: unknown;
}
