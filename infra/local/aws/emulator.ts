import { existsSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkout, createHome, type Home } from '../plane/home.ts';
import type { PartPlan } from '../plane/start-part.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** MiniStack's own switches, which whoever starts the plane may set. */
const switches = /^(AUTH|SERVICES|LOG_LEVEL|SFN_\w+|LAMBDA_\w+|MINISTACK_\w+)$/;

/**
 * The emulator hands its environment on to every function. So it gets no more of ours than programs
 * need to run: a function that sees a developer's KUBECONFIG or keys would not be the one of AWS.
 */
const inherited = /^(HOME|USER|LANG|LC_\w+|TZ|SSL_CERT_FILE|SSL_CERT_DIR)$/;

const matching = (variables: Variables, pattern: RegExp): Record<string, string> =>
  Object.fromEntries(
    Object.entries(variables).filter(
      (entry): entry is [string, string] => pattern.test(entry[0]) && entry[1] !== undefined
    )
  );

export const switchesIn = (variables: Variables): Record<string, string> =>
  matching(variables, switches);

export interface EmulatorOptions {
  readonly home: Home;
  /** The Python that has MiniStack. */
  readonly python: string;
  readonly port: number;
  readonly variables: Variables;
  /** Where the cluster's pods reach it, if that is not 127.0.0.1. */
  readonly address?: string | undefined;
}

export const emulatorPlan = ({
  home,
  port,
  variables,
  address,
  ...it
}: EmulatorOptions): PartPlan => ({
  name: 'emulator',
  command: it.python,
  args: [fileURLToPath(new URL('run-ministack.py', import.meta.url))],
  environment: {
    ...matching(variables, inherited),
    ...switchesIn(variables),
    // Functions run on the Node of the checkout, which is the one of their runtime on AWS.
    PATH: [join(checkout, 'node_modules', '.bin'), variables['PATH']].join(delimiter),
    TMPDIR: home.temporary,
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    RACKLESS_RUN_FILE: home.emulatorRun,
    // Functions inherit it: the addresses that they sign are for pods as well.
    ...(address && { AWS_ENDPOINT_URL_S3: `http://${address}:${port}` }),
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: `${port}`,
    PERSIST_STATE: '1',
    STATE_DIR: home.emulatorState,
    S3_PERSIST: '1',
    S3_DATA_DIR: home.bucketData,
    // Both would listen on ports that nobody asked for.
    SFTP_ENABLED: '0',
    IOT_MTLS_ENABLED: '0',
  },
  port,
  settings: { ...switchesIn(variables), ...(address && { address }), port: `${port}` },
  isReady: () => isHealthy(port),
  readyWithin: 60_000,
});

export const isHealthy = async (port: number): Promise<boolean> => {
  try {
    const signal = AbortSignal.timeout(5_000);
    const { ok } = await fetch(`http://127.0.0.1:${port}/_ministack/health`, { signal });
    return ok;
  } catch {
    // Not listening, or not answering.
    return false;
  }
};

export type LastStop = 'never ran' | 'clean' | 'unclean';

/** How the emulator that runs no more ended; only a clean stop has saved its state. */
export const lastStop = ({ emulatorRun }: Home): LastStop => {
  if (!existsSync(emulatorRun)) return 'never ran';
  return readFileSync(emulatorRun, 'utf8') === 'clean' ? 'clean' : 'unclean';
};

/** Forgets tables, functions, images and bucket contents. */
export const clearEmulatorState = (home: Home): void => {
  for (const path of [home.emulatorState, home.bucketData, home.emulatorRun]) {
    rmSync(path, { recursive: true, force: true });
  }
  createHome(home);
};
