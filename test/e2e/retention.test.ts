import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { clientSettings } from '#infra/local/aws/access.ts';
import { stage } from '#infra/local/aws/stack.ts';
import { addressOf, get, helloSource, query, rackless } from './rack.ts';

jest.setTimeout(180_000);

const app = 'keeper';
const source = helloSource();
const endpoint = process.env['E2E_AWS_ENDPOINT'] ?? '';
const FunctionName = `rackless-${stage}-expire`;
const releases: Listed[] = [];

interface Listed {
  readonly id: string;
  readonly build: string;
  readonly status: string;
  readonly expired?: string;
}

/** What the registry answers for the manifest of a build's image. */
const imageStatus = async (build: string): Promise<number> => {
  const path = `v2/${stage}/${app}/manifests/web.${build}`;
  return (await fetch(`${endpoint}/${path}`, { method: 'HEAD' })).status;
};

const list = () => query<Listed[]>(`releases -a ${app} --limit 50`);

/** Runs the deployed function as its schedule does, with other settings and for this app alone. */
const expire = async () => {
  const lambda = new LambdaClient(clientSettings(Number(new URL(endpoint).port)));
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const settings = { RETAIN_RELEASES: '2', RETAIN_ACTIVE: '2', RETAIN_HOURS: '0' };
  const Variables = { ...Environment?.Variables, ...settings };
  await lambda.send(
    new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } })
  );
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify({ app }) })
  );
  const answer = JSON.parse(Payload?.transformToString() ?? '{}');
  if (FunctionError) throw new Error(JSON.stringify(answer));
  return answer;
};

beforeAll(async () => {
  await rackless(`apps delete ${app}`);
  await rackless(`apps create ${app}`);
});

afterAll(async () => {
  source.remove();
  await rackless(`apps delete ${app}`);
});

test('each deploy leaves an image', async () => {
  for (const word of ['one', 'two', 'three', 'four', 'five']) {
    writeFileSync(join(source.path, 'word.txt'), word);
    const how = ['one', 'two', 'three'].includes(word) ? 'deploy' : 'build';
    expect(await rackless(`${how} ${source.path} -a ${app}`)).toMatchObject({ code: 0 });
  }

  releases.push(...(await list()).toReversed());
  expect(releases).toHaveLength(5);
  for (const { build } of releases) expect([build, await imageStatus(build)]).toEqual([build, 200]);
});

test('an old release goes with its image and log; the newest, the last active and a pinned one stay', async () => {
  const [one, two] = releases;
  const env = await rackless(`env set WORD=pinned -a ${app} --id`);
  const pinned = env.stdout.trim();
  await rackless(`releases pin ${pinned} -a ${app}`);
  for (const word of ['a', 'b']) await rackless(`env set WORD=${word} -a ${app}`);

  const sweep = await expire();

  expect(sweep).toMatchObject({ left: [], apps: [{ app }] });
  const listed = new Map((await list()).map((it) => [it.id, it]));
  expect([one, ...releases.slice(3)].map((it) => listed.get(it?.id ?? '')?.status)).toEqual([
    'expired',
    'expired',
    'expired',
  ]);
  expect(listed.get(two?.id ?? '')?.expired).toBeUndefined();
  expect(listed.get(pinned)?.status).toBe('pinned');
  const statuses = await Promise.all(releases.map((it) => imageStatus(it.build)));
  // The fourth has no release that is left; the fifth is what the pinned one runs.
  expect(statuses).toEqual([404, 200, 200, 404, 200]);
  expect((await rackless(`builds logs ${one?.build} -a ${app}`)).stderr).toContain(
    `ERROR: build has expired: ${one?.build}`
  );
});

test('what has expired is refused clearly, and nothing is written', async () => {
  const [one] = releases;
  const before = await list();

  for (const command of ['rollback', 'pin', 'manifest']) {
    const refused = await rackless(`releases ${command} ${one?.id} -a ${app}`);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`ERROR: release has expired: ${one?.id}`);
  }
  expect(await list()).toEqual(before);
});

test('a release that is kept is rolled back to, and answers', async () => {
  const [, two] = releases;

  const back = await rackless(`releases rollback ${two?.id} -a ${app}`);

  expect(back).toMatchObject({ code: 0 });
  const { release } = await query<{ release: string }>(`apps info ${app}`);
  const { status, body } = await get(await addressOf(app, 'web'));
  expect([status, body]).toEqual([200, expect.stringContaining(release)]);
});

test('a second sweep finds nothing to do but what the rollback has outdated', async () => {
  await expire();

  expect(await expire()).toEqual({ apps: [], gone: [], left: [] });
  const { body } = await get(await addressOf(app, 'web'));
  expect(body).toContain((await query<{ release: string }>(`apps info ${app}`)).release);
});

test('a deleted app leaves no image behind', async () => {
  expect(await rackless(`apps delete ${app}`)).toMatchObject({ code: 0 });

  expect(await expire()).toEqual({ apps: [], gone: [app], left: [] });

  for (const { build } of releases) expect(await imageStatus(build)).toBe(404);
  expect(await rackless(`apps create ${app}`)).toMatchObject({ code: 0 });
});
