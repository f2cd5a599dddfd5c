import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { readRepository } from '#cli/build/external/login.ts';
import { createBuild, updateBuild } from '#contracts/builds.ts';
import { createGrant } from '#contracts/grants.ts';
import { createRelease } from '#contracts/releases.ts';
import { rackApi } from './rack-api.ts';
import { pushShopAs } from './shop.ts';
import { ShopStory } from './shop-story.ts';

jest.setTimeout(200_000);

/** The rack's registry is on the loopback of this machine: only a node of this machine pulls from it. */
const testHere = process.env['STORY_REGISTRY'] ? test.skip : test;

let story: ShopStory;

beforeAll(async () => {
  story = await ShopStory.begin('external');
});

afterAll(() => story.end());

const manifest = `services:
  web:
    build: .
    port: 3000
    health: { grace: 1, interval: 1 }
    scale: { count: 1, cpu: 16, memory: 32 }
`;

testHere('an image that was pushed with a grant runs by its digest', async () => {
  const { app } = story;
  const call = rackApi();
  const { id } = await call(createBuild, { app, external: true, 'no-grant': true });
  const { name, username, password } = readRepository((await call(createGrant, { app, id })).url);
  pushShopAs(`${name}:web.${id}`, `${username}:${password}`);
  await call(updateBuild, { app, id, manifest, ended: new Date().toISOString() });
  const { id: release } = await call(createRelease, { app, build: id });
  await call(updateBuild, { app, id, release, status: 'complete' });

  const { code, stderr } = await story.tell(`releases promote ${release}`);

  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(await story.activeRelease()).toBe(release);
  const [process] = await story.ask<{ image: string }[]>('ps');
  expect(process?.image).toMatch(new RegExp(`^${name}@sha256:[0-9a-f]{64}$`));
  const { stdout } = await story.tell('grants');
  expect(stdout).toMatch(/revoked/);
});
