import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { helloSource, query, rackless } from './rack.ts';

jest.setTimeout(240_000);

const app = 'turns';
const source = helloSource();
let first = '';

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

/** A release of the hello app; an `unready` one holds the app for a minute before it is rolled back. */
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

  const answers = await Promise.all(Array.from({ length: 50 }, () => promote(id)));

  const taken = answers.filter((it) => it.status === 200);
  const refused = answers.filter((it) => it.status === 403);
  expect([taken.length, refused.length]).toEqual([1, 49]);
  expect(new Set(refused.map((it) => it.body.detail))).toEqual(
    new Set(['app is currently updating'])
  );
  const all = await promotions();
  expect(all).toHaveLength(before + 1);
  expect(all.filter((it) => !isOver(it)).map((it) => it.id)).toEqual([taken[0]?.body.id]);
});

test('of fifty that queue up behind it the newest alone waits, and runs by force when it is cancelled', async () => {
  const [running] = (await promotions()).filter((it) => !isOver(it));
  const releases = [await release(), await release(), await release()];
  const newest = releases.at(-1) ?? '';

  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, at) => promote(releases[at % 3] ?? '', { queue: 'true' }))
  );

  const queued = answers.filter((it) => it.status === 200).map((it) => it.body.id);
  const refused = answers.filter((it) => it.status !== 200);
  expect(new Set(refused.map((it) => it.status))).toEqual(new Set(refused.length > 0 ? [403] : []));
  expect((await waiting()).map((it) => it.release)).toEqual([newest]);
  const records = await Promise.all(queued.map(find));
  expect(records.filter((it) => it.reason === 'Replaced')).toHaveLength(queued.length - 1);

  const forced = await promote(newest, { force: 'true' });
  const end = await ended(forced.body.id);

  expect(await find(running?.id ?? '')).toMatchObject({
    status: 'RolledBack',
    reason: 'Cancelled',
    previous: first,
  });
  expect(end).toMatchObject({ status: 'Promoted', previous: first, release: newest });
  const others = (await Promise.all(queued.map(find))).map((it) => `${it.status} ${it.reason}`);
  expect(new Set(others)).toEqual(new Set(['Refused Replaced']));
  first = newest;
});

test('the command that waits is told that a newer release took its place, and the newer one runs', async () => {
  const running = await promote(await release('unready'));
  const [older, newer] = [await release(), await release()];

  const replaced = rackless(`releases promote ${older} -a ${app} --queue`);
  while ((await waiting()).length === 0) await sleep(200);
  const next = rackless(`releases promote ${newer} -a ${app} --queue`);

  const { code, stdout, stderr } = await replaced;
  expect(stdout).toContain(`Waiting for promotion ${running.body.id} of release`);
  expect(stderr).toMatch(/replaced by promotion P[A-Z]{10} of release R[A-Z]{10} \(Replaced\)/);
  expect(code).toBe(3);
  expect((await rackless(`apps info ${app}`)).stdout).toMatch(/Queued +P[A-Z]{10} of R[A-Z]{10}\n/);
  expect(await next).toMatchObject({ code: 0, stdout: expect.stringMatching(/OK\n$/) });
  expect((await find(running.body.id)).status).toBe('RolledBack');
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
