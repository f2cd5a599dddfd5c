import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { rackless } from '../../e2e/rack.ts';
import { hasRegistryPrograms } from '../registry/programs.ts';
import { owner, startPasswordRegistry } from '../registry/start-password-registry.ts';
import type { CheckingRegistry } from '../registry/start-registry.ts';
import { pushShopAs } from './shop.ts';
import { ShopStory } from './shop-story.ts';

jest.setTimeout(200_000);

const canRun = hasRegistryPrograms();
const chapter = canRun ? test : test.skip;
let registry: CheckingRegistry;
let story: ShopStory;

beforeAll(async () => {
  if (!canRun) return;
  registry = await startPasswordRegistry();
  story = await ShopStory.begin('pull');
  const { username, password } = owner;
  const image = pushShopAs(`${registry.host}/stories/shop:1`, `${username}:${password}`);
  story.source.write({ image });
});

afterAll(async () => {
  if (!canRun) return;
  await rackless(`registries remove ${registry.host}`);
  await story.end();
  await registry.stop();
});

chapter('an image that needs a login is not pulled without, and the reason is told', async () => {
  const { code, stderr } = await story.deploy();

  expect(code).toBe(1);
  expect(stderr).toContain('(ImageDenied)');
});

chapter('with the login of an added registry, the nodes pull it', async () => {
  const { username, password } = owner;
  const added = await rackless(`registries add ${registry.host} ${username} ${password}`);
  expect(added).toMatchObject({ code: 0, stderr: '' });

  const { code, stderr } = await story.deploy();

  expect(stderr).not.toContain('ERROR');
  expect(code).toBe(0);
  expect(await story.objects('secrets')).toContain('rackless-registries');
});

chapter('a release that fails goes back to processes that can still be pulled', async () => {
  const before = await story.activeRelease();

  const { code } = await story.tell('env set FAIL=crash --promote');

  expect(code).toBe(1);
  expect(await story.activeRelease()).toBe(before);
  expect(await story.objects('secrets')).toContain('rackless-registries');
});
