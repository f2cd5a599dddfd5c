import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { eventually } from '../conformance/conformance-bed.ts';
import { ShopStory } from './shop-story.ts';

jest.setTimeout(200_000);

let story: ShopStory;

beforeAll(async () => {
  story = await ShopStory.begin('first');
});

afterAll(() => story.end());

test('a first release that crashes is reverted, and nothing of it stays', async () => {
  await story.tell('env set FAIL=crash');

  const { code, stderr } = await story.deploy();

  expect(stderr).toMatch(/exited 2 times, last with code 3 \(CrashLoop\)\n/);
  expect(code).toBe(1);
  expect(await story.activeRelease()).toBe('');
  expect(await story.objects('deployments')).toEqual([]);
  expect(await story.objects('services')).toEqual([]);
  await eventually(
    () => story.objects('pods'),
    (pods) => pods.length === 0
  );
});

test('the next release is promoted as if there had been none before', async () => {
  const { code, stderr } = await story.tell('env unset FAIL --promote');

  expect(stderr).not.toContain('ERROR');
  expect(code).toBe(0);
  expect(await story.activeRelease()).toBe(await story.latestRelease());
  expect(await story.objects('deployments')).toEqual(['web']);
});
