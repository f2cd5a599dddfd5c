import { spawn } from 'node:child_process';

/** A line of the client and when it was printed, milliseconds since 1970. */
export interface Line {
  readonly at: number;
  readonly text: string;
}

export interface Run {
  readonly started: number;
  readonly ended: number;
  readonly code: number;
  readonly lines: readonly Line[];
}

/** Runs a program to its end; every line with its time. Never waits for ever. */
export const timed = (
  command: string,
  args: readonly string[],
  { seconds = 180, env = {} }: { seconds?: number; env?: Readonly<Record<string, string>> } = {}
): Promise<Run> =>
  new Promise((resolve, reject) => {
    const started = Date.now();
    const options = { timeout: seconds * 1000, env: { ...process.env, ...env } };
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const lines: Line[] = [];
    const take = (chunk: Buffer): void => {
      const at = Date.now();
      lines.push(...`${chunk}`.split('\n').map((text) => ({ at, text })));
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', reject);
    child.on('close', (code) => resolve({ started, ended: Date.now(), code: code ?? -1, lines }));
  });

/** One rack, by its HTTP API: for what a client has no command for, and for exact times. */
export class Rack {
  readonly #url: URL;

  constructor(url: string) {
    this.#url = new URL(url);
  }

  /** A release of images that exist already, so that nothing is built. */
  async release(app: string, manifest: string): Promise<string> {
    const builds = `/apps/${app}/builds`;
    const { id } = await this.#call<{ id: string }>('POST', builds, {
      external: true,
      'no-grant': true,
    });
    const now = new Date().toISOString();
    await this.#call('PUT', `${builds}/${id}`, { manifest, started: now });
    await this.#call('PUT', `${builds}/${id}`, { ended: now, status: 'complete' });
    return (await this.#call<{ id: string }>('POST', `/apps/${app}/releases`, { build: id })).id;
  }

  /** How the last promotion of a release went. */
  async promotion(app: string, release: string): Promise<Story> {
    const path = `/apps/${app}/promotions`;
    const [last] = await this.#call<Omit<Story, 'events'>[]>('GET', `${path}?release=${release}`);
    if (!last) throw new Error(`release ${release} was never promoted`);
    const events: StoryEvent[] = [];
    for (let isDone = false; !isDone; ) {
      const query = `after=${events.length}&wait=0`;
      const page = await this.#call<Page>('GET', `${path}/${last.id}/events?${query}`);
      events.push(...page.events);
      isDone = page.done || page.events.length === 0;
    }
    return { ...last, events };
  }

  async #call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const { origin, username, password } = this.#url;
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const answer = await fetch(origin + path, {
      method,
      headers: {
        authorization,
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as Answer;
  }
}

interface StoryEvent {
  readonly at: string;
  readonly kind: string;
  readonly text: string;
}

interface Page {
  readonly events: readonly StoryEvent[];
  readonly done: boolean;
}

export interface Story {
  readonly id: string;
  readonly status: string;
  readonly reason: string;
  readonly events: readonly StoryEvent[];
}
