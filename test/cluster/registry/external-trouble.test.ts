import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, jest, test } from '@jest/globals';
import { problem } from '#test/fakes/scripted-rack.ts';
import { startEngine } from '../docker/start-engine.ts';
import {
  buildersHere,
  describeHere,
  externalRig,
  type Given,
  namedBuilders,
  once,
} from './external-rig.ts';
import { skopeoDigest } from './skopeo.ts';

jest.setTimeout(180_000);

const endedBuild = problem(409, {
  code: 'Conflict',
  detail: 'build BABCDEFGHIJ has ended already',
  hint: 'begin a new build',
});

const rig = externalRig();

/** One with a daemon and one without are enough. */
const [first = 'docker', ...others] = namedBuilders;

describeHere.each([first, ...others.slice(-1)])('an external build by %s', (name) => {
  const build = rig.buildsWith(name);

  test.each<[string, Given]>([
    ['the repository of another app', { app: 'blog' }],
    [
      'a time after its end',
      {
        onGrant: () => {
          rig.bed.ahead.minutes = 16;
        },
      },
    ],
    ['a build that has ended', { onGrant: () => rig.bed.revoke() }],
  ])('a grant is refused for %s', async (_, given) => {
    rig.bed.write();

    const { code, stdout, stderr, status, reason, operations } = await build(given);

    expect(stdout).not.toContain('Pushing again');
    expect([code, stderr]).toEqual([1, expect.stringContaining('the registry refused the push')]);
    expect(stderr).toMatch(
      /the credential has ended or was taken back[\s\S]*ERROR: build failed\n$/
    );
    expect([status, reason]).toEqual(['failed', expect.stringContaining('refused the push')]);
    expect(operations).not.toContain('createRelease');
    expect(rig.bed.leftovers).toEqual([]);
  });

  test('asks for a new grant when one has ended in between, and goes on', async () => {
    rig.bed.write();

    const { code, stderr, images } = await build({
      minutes: 0,
      onGrant: (count) => (count === 1 ? rig.bed.revoke() : undefined),
    });

    expect([code, stderr]).toEqual([0, '']);
    expect(images?.['web']).toBe(await skopeoDigest(rig.bed.image('web'), await rig.bed.mint()));
  });

  test('stops when the build was ended elsewhere meanwhile', async () => {
    rig.bed.write();

    const { code, stderr } = await build({
      minutes: 0,
      onGrant: (count) => (count === 1 ? rig.bed.revoke() : endedBuild),
    });

    expect([code, stderr]).toEqual([1, expect.stringContaining('has ended already')]);
    expect(stderr).toContain('begin a new build');
  });

  // Docker's engine tries for a minute by itself, and that is all. The others do for some breaks, and
  // leave the rest to the client.
  const again =
    name === 'docker' ? /^(?!.*Pushing again).*Retrying in/s : /Pushing again|retrying in/;

  test('a line that keeps breaking fails it, and it says so', async () => {
    rig.bed.write();
    rig.bed.line.cutAfter(1 << 20, 1000);

    const { code, stdout, stderr, status, operations } = await build();

    expect(stdout).toMatch(again);
    expect([code, stderr]).toEqual([1, expect.stringContaining('the line to the registry broke')]);
    expect(stderr).toContain('check the network between this machine and the registry');
    expect([status, operations.includes('createRelease')]).toEqual(['failed', false]);
    expect(rig.bed.leftovers).toEqual([]);
  });

  test('so does a registry that nobody answers for', async () => {
    rig.bed.write();

    const { code, stderr, status } = await build({ host: '127.0.0.1:9' });

    expect([code, stderr]).toEqual([1, expect.stringContaining('nobody answers there')]);
    expect(status).toBe('failed');
  });

  test('a registry without room left fails the build', async () => {
    rig.bed.write();
    const full = await rig.bed.openFullRegistry();

    const { code, stdout, stderr, status } = await build({ host: full.host });
    await full.stop();

    expect(stdout).toMatch(again);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/no room left|may be full/)]);
    expect(status).toBe('failed');
  });

  test('an end of the job in CI in the middle of a step ends the build', async () => {
    rig.bed.write('RUN ["/bin/sh", "-c", "echo begun; sleep 20"]');

    const onOutput = once(/^begun$/m, (send) => send('SIGTERM'));
    const { code, status, reason } = await build({ onOutput });

    expect([code, status, reason]).toEqual([130, 'failed', 'interrupted']);
    expect(rig.bed.leftovers).toEqual([]);
  });
});

const testDocker = buildersHere.includes('docker') ? test : test.skip;

testDocker("Convox's client logs in with what it is given, and pushes", async () => {
  rig.bed.write();
  const engine = await startEngine('docker');
  const config = join(rig.bed.folder, 'docker');
  const { username, password } = await rig.bed.mint();
  const repository = `${rig.bed.registry.host}/atom/shop`;
  const env = { ...process.env, ...engine.env, DOCKER_CONFIG: config, PASSWORD: password };
  const script = [
    `printf %s "$PASSWORD" | docker login -u ${username} --password-stdin ${repository}`,
    `docker build -t ${repository}:web.BBBBBBBBBBB ${rig.bed.source}`,
    `docker push ${repository}:web.BBBBBBBBBBB`,
  ];

  const { stdout } = await promisify(execFile)('sh', ['-ec', script.join('\n')], { env });
  await engine.stop();

  expect(stdout).toContain('Login Succeeded');
  const pushed = await skopeoDigest(`${repository}:web.BBBBBBBBBBB`, await rig.bed.mint());
  expect(stdout).toContain(`digest: ${pushed}`);
});

const testTool = buildersHere.length > 0 ? test : test.skip;

testTool('a machine without a builder is told so, and nothing is begun', async () => {
  rig.bed.write();
  const bin = join(rig.bed.folder, 'bin');
  mkdirSync(bin);
  for (const tool of ['sh', 'find', 'readlink']) {
    symlinkSync(
      execFileSync('sh', ['-c', `command -v ${tool}`])
        .toString()
        .trim(),
      join(bin, tool)
    );
  }

  const { code, stderr, operations } = await rig.bed.build('', { env: { PATH: bin } });

  expect([code, stderr]).toEqual([1, expect.stringContaining('no builder found: docker, podman')]);
  expect(operations).toEqual([]);
});

testDocker('an engine that does not answer is told apart from none', async () => {
  rig.bed.write();
  const env = { DOCKER_HOST: `unix://${rig.bed.folder}/nobody.sock` };

  const { code, stderr, operations } = await rig.bed.build('--builder docker', { env });

  expect([code, stderr]).toEqual([1, expect.stringContaining('its engine does not answer')]);
  expect(operations).toEqual([]);
});
