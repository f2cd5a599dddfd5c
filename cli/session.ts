import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Call } from './api-client.ts';
import type { Context } from './context.ts';
import type { Host } from './host.ts';
import type { Options } from './options.ts';
import { output } from './ui/output.ts';

const lastWords = 10_000;

interface Speech {
  /** Under `--json`: one object per line. */
  readonly streams: boolean;
  /** Stdout is for content. */
  readonly hasContent: boolean;
}

/** The context of one command: its options applied to the host. */
export const session = (
  host: Host,
  options: Options,
  { streams, hasContent }: Speech
): Context => ({
  host,
  out: output({
    stdout: host.stdout,
    stderr: host.stderr,
    json: options.json ?? false,
    streams,
    idOnly: (options.id ?? false) || hasContent,
  }),
  call: connectOnFirstUse(host, options.rack),
  callAnyway: async (endpoint, request) => {
    const signal = AbortSignal.timeout(lastWords);
    return (await connect({ ...host, signal }, options.rack))(endpoint, request);
  },
  app: () => options.app ?? appOf(host.cwd),
});

/** `.rackless/app` or Convox's `.convox/app` in this folder, else the folder's name. */
const appOf = (folder: string): string =>
  firstLine(join(folder, '.rackless', 'app')) ||
  firstLine(join(folder, '.convox', 'app')) ||
  basename(folder);

const firstLine = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return ''; // not there: the next rule applies
  }
};

const connectOnFirstUse = (host: Host, rack: string | undefined): Call => {
  let client: Promise<Call> | undefined;
  return async (endpoint, request) => {
    client ??= connect(host, rack);
    return (await client)(endpoint, request);
  };
};

const connect = async (host: Host, rack: string | undefined): Promise<Call> => {
  const { apiClient } = await import('./api-client.ts');
  const { selectRack } = await import('./racks/select-rack.ts');
  return apiClient(selectRack(host, rack), host);
};
