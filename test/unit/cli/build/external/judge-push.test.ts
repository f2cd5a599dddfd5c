import { describe, expect, test } from '@jest/globals';
import { isWorthAnotherPush, retriesOf } from '#cli/build/external/judge-push.ts';
import { recorded } from './recorded-pushes.ts';

const { docker, podman, buildah } = recorded;

const judge = (lines: readonly string[], given: { tries?: number; isGrantOver?: boolean } = {}) =>
  isWorthAnotherPush({ lines, tries: 1, isGrantOver: false, ...given });

describe.each([true, false])('with a credential that is over: %s', (isGrantOver) => {
  test.each<[string, readonly string[]]>([
    ['no room, docker', docker.full],
    ['no room, podman', podman.full],
    ['no room, buildah', buildah.full],
    ['a quota', docker.quota],
    ['no such repository, docker', docker.unknownName],
    ['no such repository, buildah', buildah.unknownName],
    ['something that is no registry, docker', docker.noRegistry],
    ['something that is no registry, podman', podman.noRegistry],
    ['a tag that is taken', podman.taken],
    ['a layer that is too large, docker', docker.tooLarge],
    ['a layer that is too large, podman', podman.tooLarge],
    ['plain HTTP', docker.plain],
    ['a certificate', docker.certificate],
    ['an unknown host', docker.noHost],
  ])('%s: never again', (_, lines) => {
    expect(judge(lines, { isGrantOver })).toBe(false);
  });
});

test.each<[string, readonly string[]]>([
  ['docker', docker.denied],
  ['docker, of ECR', docker.notAuthorized],
  ['docker, without a login', docker.noLogin],
  ['podman', podman.denied],
])('a refusal stays one, unless the credential has ended meanwhile: %s', (_, lines) => {
  expect(judge(lines)).toBe(false);
  expect(judge(lines, { isGrantOver: true })).toBe(true);
  expect(judge(lines, { isGrantOver: true, tries: 3 })).toBe(false);
});

test.each<[string, readonly string[]]>([
  ['a line that was cut, podman', podman.cut],
  ['a line that was cut, docker', docker.cutOnce],
  ['nobody there, docker', docker.absent],
  ['a failing registry, podman', podman.failing],
  ['a failing registry, buildah', buildah.failing],
  ['a busy registry', docker.busy],
  ['what nobody knows', ['unknown blob']],
])('%s: again, three times at most', (_, lines) => {
  expect([1, 2, 3].map((tries) => judge(lines, { tries }))).toEqual([true, true, false]);
});

test.each<[string, readonly string[], number]>([
  ['docker, a line that was cut', docker.cut, 4],
  ['docker, a failing registry', docker.failing, 4],
  ['podman, nobody there', podman.absent, 3],
  ['buildah, nobody there', buildah.absent, 3],
])('not after a builder has tried often enough itself: %s', (_, lines, retries) => {
  expect(retriesOf(lines)).toBe(retries);
  expect(judge(lines)).toBe(false);
});

test('counts the tries of the layer that was tried most, also where a line is missing', () => {
  const lines = [
    'a: Retrying in 5 seconds',
    'b: Retrying in 4 seconds',
    'a: Retrying in 9 seconds',
  ];

  expect(retriesOf(lines)).toBe(2);
  expect(retriesOf(['web.B: digest: sha256:503 size: 1'])).toBe(0);
});
