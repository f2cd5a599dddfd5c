import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Options {
  readonly seconds?: number;
  /** Beside those of the test. */
  readonly env?: Readonly<Record<string, string>>;
  /** Gets what the client has printed so far, and may send it a signal. */
  readonly onOutput?: (stdout: string, send: (signal: NodeJS.Signals) => void) => void;
}

/** Runs the built CLI as a child process, as a person in CI would. Never waits for ever. */
export const rackless = (
  line: string,
  { seconds = 120, env = {}, onOutput }: Options = {}
): Promise<Result> =>
  new Promise((resolve, reject) => {
    const child = spawn('bin/rackless', line.split(' '), {
      // Those of the test, which Jest keeps apart from those of the process.
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: seconds * 1000,
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => {
      stdout += text;
      onOutput?.(stdout, (signal) => child.kill(signal));
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });

/** The same with --json: one document. */
export const query = async <Document>(line: string): Promise<Document> => {
  const { code, stdout, stderr } = await rackless(`${line} --json`);
  if (code !== 0) throw new Error(`rackless ${line} failed: ${stderr}`);
  return JSON.parse(stdout) as Document;
};

/** The same with --json for something that streams: one object per line. */
export const stream = async (line: string) => {
  const { code, stdout, stderr } = await rackless(`${line} --json`);
  const lines = stdout
    .split('\n')
    .filter((it) => it)
    .map((it) => JSON.parse(it) as Record<string, unknown>);
  return { code, lines, stderr };
};

/** A copy of examples/hello that a story may break. */
export const helloSource = (): { path: string; remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), 'rackless-hello-'));
  cpSync('examples/hello', path, { recursive: true });
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

interface Service {
  readonly name: string;
  readonly domain: string;
}

/** Where a service answers: host name and port as `rackless services` shows them. */
export const addressOf = async (app: string, service: string): Promise<string> => {
  const services = await query<Service[]>(`services -a ${app}`);
  return services.find((it) => it.name === service)?.domain ?? '';
};

/** One GET through the front, by Host header, since names under .localhost resolve nowhere for some. */
export const get = (address: string, path = '/'): Promise<{ status: number; body: string }> =>
  new Promise((resolve) => {
    const [, port] = address.split(':');
    const options = { host: '127.0.0.1', port, path, headers: { host: address }, agent: false };
    const call = request(options, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    call.on('error', (error) => resolve({ status: 0, body: error.message }));
    call.end();
  });

/** Asks again and again until told to stop; gives how often each status came. */
export const keepAsking = (address: string) => {
  const counts: Record<number, number> = {};
  let asking = true;
  const done = (async () => {
    while (asking) {
      const { status } = await get(address);
      counts[status] = (counts[status] ?? 0) + 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return counts;
  })();
  return {
    stop: () => {
      asking = false;
      return done;
    },
  };
};
