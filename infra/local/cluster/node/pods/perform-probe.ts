import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { ExecResult } from '../containers/exec-command.ts';
import type { Probe } from '../wire-objects.ts';

export interface ProbeResult {
  readonly ok: boolean;
  /** The kubelet's words for a failure; empty for a success. */
  readonly message: string;
}

export interface ProbeTarget {
  /** The host port for a port that a probe names, by name or number. */
  readonly portOf: (port: number | string) => number;
  readonly exec: (command: readonly string[], timeout: number) => Promise<ExecResult>;
}

type HttpGet = NonNullable<Probe['httpGet']>;

const success: ProbeResult = { ok: true, message: '' };
const failure = (message: string): ProbeResult => ({ ok: false, message });
const mostRedirects = 10;

const socketProblem = (error: NodeJS.ErrnoException, address: string): string => {
  switch (error.code) {
    case 'ECONNREFUSED':
      return `dial tcp ${address}: connect: connection refused`;
    case 'ECONNRESET':
      return 'EOF';
    default:
      return error.message;
  }
};

interface HttpAnswer {
  readonly status: number;
  readonly location: string | undefined;
}

const ask = (url: URL, headers: Record<string, string>, timeout: number): Promise<HttpAnswer> =>
  new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const options = { headers, agent: false, rejectUnauthorized: false, setDefaultHeaders: true };
    const request = send(url, options, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, location: response.headers.location });
      response.once('close', () => clearTimeout(timer));
    });
    const timer = setTimeout(() => {
      request.destroy(
        new Error('context deadline exceeded (Client.Timeout exceeded while awaiting headers)')
      );
    }, timeout);
    request.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.end();
  });

interface Hop {
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly timeout: number;
  readonly redirectsLeft: number;
}

/** Redirects to the same host are followed, as the kubelet does; one to another host is a success. */
const askFollowing = async ({ url, headers, timeout, redirectsLeft }: Hop): Promise<number> => {
  const { status, location } = await ask(url, headers, timeout);
  if (status < 300 || status >= 400 || location === undefined) {
    return status;
  }
  const next = new URL(location, url);
  if (next.hostname !== url.hostname) {
    return status;
  }
  if (redirectsLeft === 0) {
    throw new Error('stopped after 10 redirects');
  }
  return askFollowing({ url: next, headers, timeout, redirectsLeft: redirectsLeft - 1 });
};

const headersOf = (httpGet: HttpGet): Record<string, string> => ({
  'user-agent': 'kube-probe/1.34',
  accept: '*/*',
  ...Object.fromEntries(
    (httpGet.httpHeaders ?? []).map(({ name, value }) => [name.toLowerCase(), value])
  ),
});

const probeHttp = async (
  httpGet: HttpGet,
  timeout: number,
  target: ProbeTarget
): Promise<ProbeResult> => {
  const { scheme = 'HTTP', host = '127.0.0.1', path = '/', port } = httpGet;
  const address = `${host}:${target.portOf(port)}`;
  const url = new URL(
    path.startsWith('/') ? path : `/${path}`,
    `${scheme.toLowerCase()}://${address}`
  );
  try {
    const headers = headersOf(httpGet);
    const status = await askFollowing({ url, headers, timeout, redirectsLeft: mostRedirects });
    return status >= 200 && status < 400
      ? success
      : failure(`HTTP probe failed with statuscode: ${status}`);
  } catch (error) {
    return failure(`Get "${url}": ${socketProblem(error as NodeJS.ErrnoException, address)}`);
  }
};

/** Whether something accepts a connection there. */
export const probeTcp = (port: number, host: string, timeout: number): Promise<ProbeResult> =>
  new Promise((resolve) => {
    const address = `${host}:${port}`;
    const socket = connect({ port, host, timeout });
    const end = (result: ProbeResult): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => end(success));
    socket.once('timeout', () => end(failure(`dial tcp ${address}: i/o timeout`)));
    socket.once('error', (error) => end(failure(socketProblem(error, address))));
  });

const probeExec = async (
  command: readonly string[],
  timeout: number,
  target: ProbeTarget
): Promise<ProbeResult> => {
  try {
    const { exitCode, output, timedOut } = await target.exec(command, timeout);
    if (timedOut) {
      return failure(
        `command timed out: "${command.join(' ')}" timed out after ${timeout / 1000}s`
      );
    }
    return exitCode === 0 ? success : failure(output);
  } catch (error) {
    return failure((error as Error).message);
  }
};

/** Runs a probe once, for at most its `timeoutSeconds`. It never throws. */
export const performProbe = (probe: Probe, target: ProbeTarget): Promise<ProbeResult> => {
  const timeout = (probe.timeoutSeconds ?? 1) * 1000;
  if (probe.httpGet !== undefined) {
    return probeHttp(probe.httpGet, timeout, target);
  }
  if (probe.tcpSocket !== undefined) {
    const { port, host = '127.0.0.1' } = probe.tcpSocket;
    return probeTcp(target.portOf(port), host, timeout);
  }
  if (probe.exec !== undefined) {
    return probeExec(probe.exec.command ?? [], timeout, target);
  }
  // The API server knows gRPC probes too; this node does not speak gRPC.
  return Promise.resolve(failure('gRPC probes are not known to the embedded cluster'));
};
