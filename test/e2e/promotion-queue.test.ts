import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { helloSource, query, rackless } from './rack.ts';

jest.setTimeout(240_000);

const app = 'turns';
const source = helloSource();
let first = '';

/** What is not ready keeps the app for a quarter of an hour, unless somebody stops it. */
writeFileSync(
  join(source.path, 'convox.yml'),
  `environment:
  - FAIL=
services:
  web:
    build: .
    port: 3000
    health: /health
    startupProbe: { path: /health, interval: 1, failureThreshold: 900 }
`
);

interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

/** The API itself: many at once would be many processes of the CLI. */
const call = async <Body>(
  method: string,
  path: string,
  fields?: Record<string, string>
): Promise<Answer<Body>> => {
  for (let count = 0; ; count++) {
    const answer = await ask<Body>(method, path, fields);
    // A busy machine may not start a function in time: who gets no answer asks again.
    if (answer.status < 500 || count === 10) return answer;
    await sleep(1000);
  }
};

/** So many at the same time: each has a process of its own for its function, on the test's machine. */
const lanes = 6;

/** Fifty of them, by several at once. */
const fifty = async <Result>(work: (at: number) => Promise<Result>): Promise<readonly Result[]> => {
  const results: Result[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < 50) results.push(await work(next++));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
};

const ask = async <Body>(
  method: string,
  path: string,
  fields?: Record<string, string>
): Promise<Answer<Body>> => {
  const rack = new URL(process.env['RACK_URL'] ?? '');
  const token = Buffer.from(`${rack.username}:${rack.password}`).toString('base64');
  const response = await fetch(new URL(path, rack.origin), {
    method,
    headers: { authorization: `Basic ${token}`, accept: 'application/json' },
    ...(fields && { body: new URLSearchParams(fields) }),
  });
  return { status: response.status, body: (await response.json()) as Body };
};

interface Promotion {
  readonly id: string;
  readonly release: string;
  readonly previous: string;
  readonly status: string;
  readonly reason: string;
  readonly detail?: string;
}

/** A release of the hello app. */
const release = async (fail = ''): Promise<string> => {
  const env = `FAIL=${fail}\nMARK=${Date.now()}`;
  const { body } = await call<{ id: string }>('POST', `/apps/${app}/releases`, { env });
  return body.id;
};
const promote = (id: string, how: Record<string, string> = {}) =>
  call<Promotion>('POST', `/apps/${app}/releases/${id}/promote`, how);
const promotions = async (): Promise<readonly Promotion[]> =>
  (await call<Promotion[]>('GET', `/apps/${app}/promotions?limit=1000`)).body;
const find = async (id: string): Promise<Promotion> =>
  (await call<Promotion>('GET', `/apps/${app}/promotions/${id}`)).body;
const waiting = async (): Promise<readonly Promotion[]> =>
  (await promotions()).filter((it) => it.status === 'queued');

const isOver = ({ status }: Promotion): boolean => /^[A-Z]/.test(status);
const ended = async (id: string): Promise<Promotion> => {
  for (;;) {
    const promotion = await find(id);
    if (isOver(promotion)) return promotion;
    await sleep(500);
  }
};

beforeAll(async () => {
  await rackless(`apps delete ${app}`);
  await rackless(`apps create ${app}`);
  const { stderr } = await rackless(`deploy ${source.path} -a ${app}`);
  if (stderr) throw new Error(stderr);
  first = (await query<{ release: string }>(`apps info ${app}`)).release;
}, 240_000);

afterAll(async () => {
  source.remove();
  await rackless(`apps delete ${app}`);
});

test('of fifty promotes at once one runs, and forty-nine are refused in Convox’s words', async () => {
  const before = (await promotions()).length;
  const id = await release('unready');

  const answers = await fifty(() => promote(id));

  const refused = answers.filter((it) => it.status !== 200);
  // The one that was taken may have had to ask again.
  expect(refused.length).toBeGreaterThanOrEqual(49);
  expect(new Set(refused.map((it) => `${it.status} ${it.body.detail}`))).toEqual(
    new Set(['403 app is currently updating'])
  );
  const all = await promotions();
  expect(all).toHaveLength(before + 1);
  expect(all.filter((it) => !isOver(it)).map((it) => it.release)).toEqual([id]);
});

test('of fifty that queue up behind it the newest alone waits, and runs by force when it is cancelled', async () => {
  const [running] = (await promotions()).filter((it) => !isOver(it));
  const releases = [await release(), await release(), await release()];
  const newest = releases.at(-1) ?? '';

  const answers = await fifty((at) => promote(releases[at % 3] ?? '', { queue: 'true' }));

  const refused = answers.filter((it) => it.status !== 200);
  expect(refused.filter((it) => it.status !== 403)).toEqual([]);
  expect((await waiting()).map((it) => it.release)).toEqual([newest]);
  const queued = (await promotions()).filter((it) => releases.includes(it.release));
  expect(queued.length).toBeGreaterThanOrEqual(50 - refused.length);
  expect(queued.filter((it) => it.reason === 'Replaced')).toHaveLength(queued.length - 1);

  const forced = await promote(newest, { force: 'true' });
  const end = await ended(forced.body.id);

  expect(await find(running?.id ?? '')).toMatchObject({
    status: 'RolledBack',
    reason: 'Cancelled',
    previous: first,
  });
  expect(end).toMatchObject({ status: 'Promoted', previous: first, release: newest });
  const others = (await Promise.all(queued.map((it) => find(it.id)))).map(
    (it) => `${it.status} ${it.reason}`
  );
  expect(new Set(others)).toEqual(new Set(['Refused Replaced']));
  first = newest;
});

test('what waits begins when the one before has ended, and goes back to it', async () => {
  const [one, other] = [await release(), await release()];
  const before = await promote(one);
  const after = await promote(other, { queue: 'true' });

  expect(await ended(before.body.id)).toMatchObject({ status: 'Promoted' });
  expect(await ended(after.body.id)).toMatchObject({ status: 'Promoted', previous: one });
  first = other;
});

test('the command that waits is told that a newer release took its place', async () => {
  const running = await promote(await release('unready'));
  const [older, newer] = [await release(), await release()];

  const replaced = rackless(`releases promote ${older} -a ${app} --queue`);
  while ((await waiting()).length === 0) await sleep(200);
  expect((await rackless(`apps info ${app}`)).stdout).toMatch(/Queued +P[A-Z]{10} of R[A-Z]{10}\n/);
  const next = await rackless(`releases promote ${newer} -a ${app} --force`);

  const { code, stdout, stderr } = await replaced;
  expect(stdout).toContain(`Waiting for promotion ${running.body.id} of release`);
  expect(stderr).toMatch(/replaced by promotion P[A-Z]{10} of release R[A-Z]{10} \(Replaced\)/);
  expect(code).toBe(3);
  expect(next).toMatchObject({ code: 0, stdout: expect.stringMatching(/OK\n$/) });
  expect(await find(running.body.id)).toMatchObject({ status: 'RolledBack', previous: first });
  first = newer;
});

test('a cancel stops the one that runs and the one that waits', async () => {
  const running = await promote(await release('unready'));
  const queued = await promote(await release(), { queue: 'true' });
  expect(queued.body.status).toBe('queued');

  const cancel = await rackless(`apps cancel ${app}`);

  expect(cancel).toMatchObject({ code: 0, stdout: expect.stringMatching(/OK\n$/) });
  expect(cancel.stdout).toContain(`Promotion ${queued.body.id} waited its turn: it does not run`);
  expect(await find(queued.body.id)).toMatchObject({ status: 'Refused', reason: 'Cancelled' });
  expect(await find(running.body.id)).toMatchObject({ status: 'RolledBack', previous: first });
  expect(await query(`apps info ${app}`)).toMatchObject({ status: 'running', release: first });
});

test('an app that is deleted while it is promoted is gone with all that runs and waits', async () => {
  await promote(await release('unready'));
  await promote(await release(), { queue: 'true' });

  const removal = await rackless(`apps delete ${app}`);

  expect(removal).toMatchObject({ code: 0, stderr: '' });
  expect((await rackless(`apps info ${app}`)).stderr).toContain(`app not found: ${app}`);
  expect(await rackless(`apps create ${app}`)).toMatchObject({ code: 0 });
  expect(await promotions()).toEqual([]);
});
