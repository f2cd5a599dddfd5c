import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Host } from '#cli/host.ts';
import { byText } from '#core/environments/environment.ts';
import { inTurn, problem, type Script } from '#test/fakes/scripted-rack.ts';
import { runCli, type Setting } from '#test/run-cli.ts';
import { aBuild, aRelease } from '../../records.ts';
import { recorded } from './recorded-pushes.ts';

const build = 'BABCDEFGHIJ';
const digest = `sha256:${'d'.repeat(64)}`;
const files = {
  'convox.yml':
    'services:\n  web:\n    build: .\n    port: 80\n  worker:\n    build: .\n  cache:\n    image: redis:7\n',
  Dockerfile: 'FROM scratch\nARG TOKEN\nARG UNKNOWN\n',
};
const grant = {
  id: 'GABCDEFGHIJ',
  app: 'shop',
  build,
  actor: 'ada',
  repository: 'registry.test/atom/shop',
  created: '2026-03-18T14:30:00Z',
  expires: '2026-03-18T14:45:00Z',
  status: 'active',
  url: 'https://AWS:s3cr%2Ft%3D@registry.test/atom/shop',
};
const rack: Script = {
  listReleases: [aRelease({ id: 'RAAAAAAAAAA' })],
  getRelease: aRelease({ id: 'RAAAAAAAAAA', env: 'TOKEN=hunter2\nOTHER=x' }),
  createBuild: aBuild({ id: build, status: 'created' }),
  updateBuild: aBuild({ id: build, status: 'running' }),
  createGrant: grant,
  storeObject: { Url: `object://shop/build/${build}/logs` },
  createRelease: aRelease({ id: 'RBBBBBBBBBB' }),
};

interface Call {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

const fail = (printed: string, onLine: (line: string) => void): number => {
  for (const line of printed.split('\n')) onLine(line);
  return 1;
};

/** A docker that does what it is told; `fails` says at which command it does not. */
const docker = (
  fails: (command: string, count: number) => string | undefined = () => undefined
) => {
  const calls: Call[] = [];
  const logins: { text: string; mode: number; folder: string }[] = [];
  const run: Host['run'] = async (program, args, { env, onLine }) => {
    const command = [program, ...args].join(' ');
    calls.push({ command, env });
    const broken = fails(command, calls.length);
    if (broken) return fail(broken, onLine);
    const at = (flag: string): string => args[args.indexOf(flag) + 1] ?? '';
    if (args[0] === 'build') writeFileSync(at('--iidfile'), 'sha256:abc');
    if (args.includes('push')) {
      const file = join(at('--config'), 'config.json');
      const mode = statSync(file).mode % 0o1000;
      logins.push({ text: readFileSync(file, 'utf8'), mode, folder: at('--config') });
      onLine(`${args.at(-1)}: digest: ${digest} size: 527`);
    }
    return 0;
  };
  return { calls, logins, run, programs: { docker: '28.2.2' } };
};

const runBuild = (setting: Setting, line = 'build --external') =>
  runCli(line, { rack, files, ...setting });

test('builds each distinct image once, pushes it for each service, and makes the release', async () => {
  const { calls, logins, ...engine } = docker();

  const { exitCode, screen, requests } = await runBuild(engine);

  expect([exitCode, screen]).toEqual([0, expect.stringContaining('Release: RBBBBBBBBBB')]);
  const commands = calls.map((it) => it.command);
  expect(commands.filter((it) => it.startsWith('docker build'))).toEqual([
    expect.stringMatching(
      /^docker build --iidfile \S+\/1\.id --file \S+\/shop\/Dockerfile --build-arg TOKEN \S+\/shop$/
    ),
  ]);
  const push = `docker --config ${logins[0]?.folder} push registry.test/atom/shop`;
  expect(commands.filter((it) => it.includes(' push ')).toSorted(byText)).toEqual([
    `${push}:web.${build}`,
    `${push}:worker.${build}`,
  ]);
  expect(calls[0]?.env).toEqual({ TOKEN: 'hunter2' });
  expect(JSON.stringify(calls.map((it) => it.command))).not.toMatch(/hunter2|s3cr/);
  expect(requests.map((it) => it.operation)).toEqual([
    'listReleases',
    'getRelease',
    'createBuild',
    'updateBuild',
    'createGrant',
    'storeObject',
    'updateBuild',
    'createRelease',
    'updateBuild',
  ]);
  expect(requests[6]).toMatchObject({
    manifest: files['convox.yml'],
    images: { web: digest, worker: digest },
    provenance: { builder: 'docker 28.2.2', bases: [], sbom: false },
  });
  expect(requests[8]).toMatchObject({
    release: 'RBBBBBBBBBB',
    status: 'complete',
    logs: `object://shop/build/${build}/logs`,
  });
  expect(logins).toHaveLength(2);
});

test("a secret that a step mounts is in the builder's environment, never on its command line", async () => {
  const engine = docker();
  const Dockerfile = 'FROM busybox\nRUN --mount=type=secret,id=TOKEN cat /run/secrets/TOKEN\n';

  const { exitCode } = await runBuild({ ...engine, files: { ...files, Dockerfile } });

  const [build] = engine.calls;
  expect(exitCode).toBe(0);
  expect(build?.command).toContain(' --secret id=TOKEN,env=RACKLESS_SECRET_0 ');
  expect(build?.command).not.toMatch(/hunter2|--build-arg/);
  expect(build?.env).toEqual({ RACKLESS_SECRET_0: 'hunter2', DOCKER_BUILDKIT: '1' });
});

test('leaves the login where only the builder finds it, and removes it', async () => {
  const { logins, ...engine } = docker();

  await runBuild(engine);

  const auth = Buffer.from('AWS:s3cr/t=').toString('base64');
  expect(JSON.parse(logins[0]?.text ?? '')).toMatchObject({ auths: { 'registry.test': { auth } } });
  expect(logins[0]?.mode).toBe(0o600);
  expect(existsSync(logins[0]?.folder ?? '/')).toBe(false);
});

/** Fails the first push of `web` as often as told. */
const pushFailing = (lines: readonly string[], times: number) => {
  let failed = 0;
  return docker((command) => {
    if (!/ push .*web\./.test(command) || failed === times) return undefined;
    failed += 1;
    return lines.join('\n');
  });
};

const denied = ['denied: Your authorization token has expired'];

test('asks for another credential when one has ended in mid-push, and goes on', async () => {
  const ended = { ...grant, expires: grant.created };
  const engine = pushFailing(denied, 1);

  const { exitCode, screen, requests } = await runBuild({
    ...engine,
    rack: { ...rack, createGrant: inTurn(ended, grant) },
  });

  expect([exitCode, screen]).toEqual([0, expect.stringContaining('Pushing again: registry.test')]);
  expect(requests.filter((it) => it.operation === 'createGrant')).toHaveLength(2);
});

test('pushes again when a line broke, and no more than three times', async () => {
  for (const times of [2, 3]) {
    const engine = pushFailing(recorded.podman.cut, times);

    const { exitCode, stdout } = await runBuild(engine);

    expect(exitCode).toBe(times === 2 ? 0 : 1);
    expect(stdout.match(/Pushing again/g)).toHaveLength(2);
  }
});

test.each([
  ['a refusal', denied],
  ['no room', recorded.docker.quota],
  ['a registry that docker has tried five times', recorded.docker.failing],
])('%s is not tried again, and it says what to do', async (_, lines) => {
  const engine = pushFailing(lines, 9);

  const { exitCode, stdout, stderr, requests } = await runBuild(engine);

  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringMatching(/: the registry .*: registry\.test/),
  ]);
  expect(stderr).toContain('build again');
  expect(stdout).not.toContain('Pushing again');
  expect(requests.filter((it) => it.operation === 'createGrant')).toHaveLength(1);
});

test('a Dockerfile that fails fails the build, with the log kept', async () => {
  const engine = docker((command) =>
    command.includes(' build ') ? 'RUN make: exit 2' : undefined
  );

  const { exitCode, stderr, stdout, requests } = await runBuild(engine);

  expect(exitCode).toBe(1);
  expect(stdout).toContain('RUN make: exit 2');
  expect(stderr).toMatch(/docker build failed with exit code 1[\s\S]*ERROR: build failed\n$/);
  expect(requests.at(-1)).toMatchObject({
    operation: 'updateBuild',
    status: 'failed',
    reason: 'docker build failed with exit code 1',
  });
  const kept = requests.find((it) => it.operation === 'storeObject')?.['body'];
  expect(Buffer.from(String(kept), 'base64').toString()).toContain(
    'RUN make: exit 2\nERROR: docker'
  );
});

test('a digest that the registry does not confirm makes no release', async () => {
  const detail = 'service web: another digest';
  const engine = docker();
  const refusing = {
    ...rack,
    updateBuild: inTurn(
      aBuild({ id: build }),
      problem(409, { code: 'Conflict', detail }),
      aBuild()
    ),
  };

  const { exitCode, stderr, requests } = await runBuild({ ...engine, rack: refusing });

  expect([exitCode, stderr]).toEqual([1, expect.stringContaining(detail)]);
  expect(requests.map((it) => it.operation)).not.toContain('createRelease');
  expect(requests.at(-1)).toMatchObject({ status: 'failed', reason: detail });
});

test.each<[string, Setting, string, string]>([
  ['no builder', {}, 'build --external', 'no builder found: docker, podman, buildah'],
  ['a strange builder', {}, 'build --external --builder kaniko', 'no such builder: kaniko'],
  ['a builder without --external', {}, 'build --builder docker', '--builder is for builds on this'],
  [
    'no Dockerfile',
    { ...docker(), files: { 'convox.yml': files['convox.yml'] } },
    'build --external',
    'service web: no such file: Dockerfile',
  ],
  [
    'a bad manifest',
    { ...docker(), files: { 'convox.yml': 'services: {web: {prot: 80}}' } },
    'build --external',
    'prot',
  ],
])('%s is said before anything is recorded', async (...given) => {
  const [, setting, line, message] = given;
  const { exitCode, stderr, requests } = await runBuild(setting, line);

  expect([exitCode > 0, stderr]).toEqual([true, expect.stringContaining(message)]);
  expect(requests.map((it) => it.operation)).not.toContain('createBuild');
});

test('goes without the environment where the token may not read it', async () => {
  const engine = docker();
  const getRelease = problem(403, { code: 'PermissionDenied', detail: 'no' });

  const { exitCode, stderr } = await runBuild(
    { ...engine, rack: { ...rack, getRelease } },
    'build --external --build-args TOKEN=given'
  );

  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('may not read it')]);
  expect(engine.calls[0]?.env).toEqual({ TOKEN: 'given' });
});

test('Ctrl-C ends the build in the rack as well', async () => {
  const interrupt = new AbortController();
  const engine = docker((command) => {
    if (command.includes(' build ')) interrupt.abort();
    return command.includes(' build ') ? 'interrupted' : undefined;
  });

  const { exitCode, requests } = await runBuild({ ...engine, interrupt });

  expect(exitCode).not.toBe(0);
  expect(requests.at(-1)).toMatchObject({ operation: 'updateBuild', status: 'failed' });
});
