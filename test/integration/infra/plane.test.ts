import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { down } from '#infra/local/plane/down.ts';
import { homeAt } from '#infra/local/plane/home.ts';
import { readPart } from '#infra/local/plane/part.ts';
import { killQuietly } from '#infra/local/plane/process-identity.ts';
import { status } from '#infra/local/plane/status.ts';
import { type Plane, up } from '#infra/local/plane/up.ts';
import { waitUntil } from '#infra/local/plane/wait-until.ts';

const home = mkdtempSync(join(tmpdir(), 'rackless plane-'));
const { KUBECONFIG: _, ...variables } = process.env;
const minutes = 60_000;

let said: string[] = [];

const bringUp = (): Promise<Plane> => {
  said = [];
  return up({ home, variables, progress: (line) => said.push(line) });
};

const stop = (clean = false): Promise<void> =>
  down({ home, clean, progress: (line) => said.push(line) });

const ask = async (plane: Plane, path: string, init: RequestInit = {}): Promise<Response> => {
  const { origin, username, password } = new URL(plane.rackUrl);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return fetch(`${origin}${path}`, { ...init, headers: { ...init.headers, authorization } });
};

const createApp = (plane: Plane, name: string): Promise<Response> =>
  ask(plane, '/apps', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });

const appNames = async (plane: Plane): Promise<readonly string[]> => {
  const apps = (await (await ask(plane, '/apps')).json()) as { name: string }[];
  return apps.map(({ name }) => name);
};

const kill = async (name: 'front' | 'emulator'): Promise<void> => {
  const { record } = readPart(homeAt(home), name);
  if (!record) throw new Error(`the ${name} does not run`);
  killQuietly(record.pid, 'SIGKILL');
  await waitUntil(() => readPart(homeAt(home), name).state === 'crashed', 5_000);
};

let plane: Plane;

beforeAll(async () => {
  plane = await bringUp();
}, 5 * minutes);

afterAll(async () => {
  await stop(true);
  rmSync(home, { recursive: true, force: true });
}, minutes);

// Each test goes on from where the one before it left the plane.
describe('the local plane', () => {
  test('serves the rack to the holder of its token only', async () => {
    const stranger = await fetch(`${new URL(plane.rackUrl).origin}/apps`);

    expect(stranger.status).toBe(401);
    expect((await createApp(plane, 'kept')).status).toBe(200);
    expect(await appNames(plane)).toEqual(['kept']);
    expect(status(home).running).toBe(true);
  });

  test('keeps no token in its logs or its emulated table', async () => {
    const { password } = new URL(plane.rackUrl);

    for (const log of ['emulator', 'front', 'cluster', 'deploy']) {
      const text = readFileSync(join(home, 'logs', `${log}.log`), 'utf8');
      expect(text).not.toContain(password);
    }
  });

  test(
    'is left as it is by another up',
    async () => {
      expect(await bringUp()).toEqual(plane);
      expect(said.join('\n')).not.toMatch(/deploying|restarting|crashed/);
    },
    minutes
  );

  test(
    'is there again after down and up, with its apps',
    async () => {
      await stop();
      expect(status(home).parts.every(({ state }) => state === 'stopped')).toBe(true);

      expect(await bringUp()).toEqual(plane);

      expect(said.join('\n')).not.toContain('deploying');
      expect(await appNames(plane)).toEqual(['kept']);
    },
    minutes
  );

  test(
    'tells of a part that crashed and starts it again',
    async () => {
      await kill('front');
      expect(status(home).running).toBe(false);

      await bringUp();

      expect(said.join('\n')).toContain('the front had crashed');
      expect(await appNames(plane)).toEqual(['kept']);
    },
    minutes
  );

  test(
    'says what is lost when the emulator was killed, and starts clean',
    async () => {
      await kill('emulator');

      const next = await bringUp();

      expect(said).toEqual(
        expect.arrayContaining([
          expect.stringContaining('could not save its state'),
          expect.stringMatching(/^lost: apps, releases/),
          'no namespace of an app is left in the cluster',
        ])
      );
      expect(next).toEqual(plane);
      expect(await appNames(plane)).toEqual([]);
    },
    2 * minutes
  );

  test('refuses to change over to another cluster', async () => {
    const file = join(home, 'cluster', 'kubeconfig');
    const other = up({ home, kubeconfig: file, variables, progress: () => undefined });

    await expect(other).rejects.toThrow('this plane drives the embedded cluster');
  });

  test(
    'leaves nothing behind after a clean down',
    async () => {
      await stop(true);

      expect(existsSync(join(home, 'settings.json'))).toBe(false);
      expect(existsSync(join(home, 'emulator', 'state'))).toBe(false);
    },
    minutes
  );
});
