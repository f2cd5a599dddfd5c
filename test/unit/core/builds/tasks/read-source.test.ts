import { expect, test } from '@jest/globals';
import { planKey } from '#core/builds/build-plan.ts';
import { readSource } from '#core/builds/tasks/read-source.ts';
import { UnavailableError } from '#core/errors.ts';
import { aRelease, type BuildBed, buildBed, run } from '../build-bed.ts';

const files = {
  'convox.yml': 'services:\n  web:\n    build: .\n    port: 3000\n',
  Dockerfile: 'FROM node:24\nARG TOKEN',
};
const read = (bed: BuildBed) => readSource(bed.deps)(run);

test('keeps the manifest and a plan without values, and says what is built', async () => {
  const bed = buildBed({ files });
  bed.releases.push(aRelease({ env: 'TOKEN=hunter2' }));

  expect(await read(bed)).toEqual({ ...run, next: 'GrantPush' });

  expect(bed.build()).toMatchObject({ status: 'running', manifest: files['convox.yml'] });
  expect(bed.lines()).toEqual(['Building: .']);
  const plan = bed.documents.get(planKey('shop', 'BAAAAAAAAAA')) ?? '';
  expect(JSON.parse(plan)).toMatchObject({ v: 1, jobs: [{ args: ['TOKEN'] }] });
  expect(plan).not.toContain('hunter2');
});

test('goes on without a grant when there is nothing to build', async () => {
  const manifest = 'services:\n  cache:\n    image: redis:7\n';
  const bed = buildBed({ files: { 'convox.yml': manifest } });

  expect(await read(bed)).toMatchObject({ next: 'MakeRelease' });
});

test('takes the manifest that the build names', async () => {
  const bed = buildBed({
    build: { manifestPath: 'other.yml' },
    files: { 'other.yml': files['convox.yml'], Dockerfile: '' },
  });

  expect(await read(bed)).toMatchObject({ next: 'GrantPush' });
});

test.each([
  ['no such file: convox.yml', { Dockerfile: '' }],
  ['service web: no such file: Dockerfile', { 'convox.yml': files['convox.yml'] }],
  ['required env: A, B', { 'convox.yml': `environment: [A, B]\n${files['convox.yml']}` }],
])('fails with %j, and keeps what there is', async (reason, given) => {
  const bed = buildBed({ files: given });

  expect(await read(bed)).toMatchObject({ next: 'RecordFailure' });
  expect(bed.build()).toMatchObject({
    status: 'running',
    reason,
    manifest: 'convox.yml' in given ? given['convox.yml'] : '',
  });
});

test('takes required variables from the latest release and the build arguments', async () => {
  const manifest = `environment: [A, B]\n${files['convox.yml']}`;
  const bed = buildBed({
    build: { buildArgs: { B: '2' } },
    files: { ...files, 'convox.yml': manifest },
  });
  bed.releases.push(aRelease({ env: 'A=1' }));

  expect(await read(bed)).toMatchObject({ next: 'GrantPush' });
});

test('leaves it to the state machine to try again when storage is out of reach', async () => {
  const bed = buildBed({ files });
  const readFiles = () => Promise.reject(new UnavailableError('no bucket'));

  await expect(readSource({ ...bed.deps, sources: { readFiles } })(run)).rejects.toThrow(
    'no bucket'
  );
  expect(bed.build()?.reason).toBe('');
});

test('says its lines once when it is repeated', async () => {
  const bed = buildBed({ files });
  await read(bed);
  await read(bed);

  expect(bed.lines()).toEqual(['Building: .']);
});

test.each([
  ['Complete', 'complete'],
  ['RecordFailure', 'failed'],
] as const)('leads to %s when the build is %s already', async (next, status) => {
  const bed = buildBed({ build: { status, ended: '2026-01-01T00:00:00Z' }, files });

  expect(await read(bed)).toMatchObject({ next });
  expect(bed.lines()).toEqual([]);
});

test('ends when the build was removed with its app', async () => {
  const bed = buildBed({ files });
  bed.remove();

  expect(await read(bed)).toMatchObject({ next: 'RecordFailure' });
});
