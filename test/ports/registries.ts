import { expect, test } from '@jest/globals';
import type { Registries } from '#core/registries/ports.ts';

const added = (server: string, username = 'ada') => ({
  server,
  username,
  created: '2026-03-18T14:30:00.000Z',
  actor: 'ann',
});

/** What every adapter of the port does. */
export const registriesBehaveLike = (name: string, open: () => Promise<Registries>): void => {
  test(`${name}: lists registries by name, without their secrets`, async () => {
    const registries = await open();
    await registries.put(added('quay.io'), 'one');
    await registries.put(added('ghcr.io'), 'two');

    expect(await registries.list()).toEqual([added('ghcr.io'), added('quay.io')]);
  });

  test(`${name}: gives the logins, as they were put in last`, async () => {
    const registries = await open();
    await registries.put(added('ghcr.io'), 'old');
    await registries.put(added('ghcr.io', 'bob'), 'ne:w/%\n"');

    expect(await registries.logins()).toEqual([
      { server: 'ghcr.io', username: 'bob', password: 'ne:w/%\n"' },
    ]);
  });

  test(`${name}: removes a registry, and says whether there was one`, async () => {
    const registries = await open();
    await registries.put(added('ghcr.io:5000'), 'one');

    expect(await registries.remove('ghcr.io:5000')).toBe(true);
    expect(await registries.remove('ghcr.io:5000')).toBe(false);
    expect(await registries.list()).toEqual([]);
  });
};
