import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { runCli } from '#test/run-cli.ts';

const recordingOf = (name: string): string =>
  readFileSync(new URL(`../../fixtures/recordings/${name}.json`, import.meta.url), 'utf8');

const crash = recordingOf('crash-loop');

const replayed = (text: string, ...args: readonly string[]) =>
  runCli(['verdict', 'replay', 'it.json', ...args], { files: { 'it.json': text } });

test('verdict replay --help', async () => {
  const { stdout } = await runCli('verdict replay --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless verdict replay [options] <file>

Judges what the rack saw of a promotion again, under the same policy or a
changed one, and shows what would have happened when. The file is what \`rackless
releases evidence --json\` prints; - reads stdin. Keys of --set: stable,
progressDeadline, crashRestartLimit, readyWithin. Needs no rack.

Arguments:
  file                  evidence or recording, as JSON

Options:
  --set <key=value>     judge by this value instead; repeatable
  -s, --service <name>  only this service
  -r, --rack <name>     rack to talk to
  --json                print JSON
  -h, --help            display help for command

Example:
  $ rackless verdict replay evidence.json --set crashRestartLimit=3
"
`);
});

test('a recording is replayed under its own policy', async () => {
  const { stdout, exitCode } = await replayed(crash);
  const [first = '', ...lines] = stdout.trimEnd().split('\n');

  expect(exitCode).toBe(0);
  expect(first).toMatch(/^ {3}\d\.\d s {2}web: 2 wanted/);
  expect(lines.join('\n')).toMatch(/s {2}web-\S+ .*exited 2 times, last with code 3/);
  expect(lines.at(-2)).toMatch(/^Happened {3}CrashLoop after \d+\.\d s: service web: process web-/);
  expect(lines.at(-1)).toMatch(/^Replayed {3}CrashLoop after/);
});

test('a more patient policy shows what would have happened', async () => {
  const { stdout } = await replayed(crash, '--set', 'crashRestartLimit=2', '--json');
  const { happened, replayed: after, policy, lines } = JSON.parse(stdout);

  expect(after).toMatchObject({ kind: 'failed', reason: 'CrashLoop' });
  expect(after.cause).toContain('exited 3 times');
  expect(after.at).toBeGreaterThan(happened.at);
  expect(policy.web.crashExits).toBe(3);
  expect(lines[0]).toEqual({ at: expect.any(Number), text: expect.any(String) });
});

test('a recording that is too short says so, and what would follow', async () => {
  const { stdout } = await replayed(recordingOf('good'), '--set', 'stable=60');

  expect(stdout).toContain('Happened   active after');
  expect(stdout).toContain('Replayed   undecided when the recording ends');
  expect(stdout).toContain('(stable=60)');
  expect(stdout).toMatch(/if nothing changed after that: active after 6\d\.\d s\n$/);
});

test('evidence says itself what happened', async () => {
  const { v, ...rest } = JSON.parse(crash);
  const evidence = {
    processes: [],
    reason: 'Cancelled',
    cause: 'by ann',
    recording: { v, ...rest },
  };
  const { stdout } = await replayed(JSON.stringify(evidence));

  expect(stdout).toMatch(/Happened {3}Cancelled after \d+\.\d s: by ann\n/);
});

test('one service of several can be judged', async () => {
  const [one, none] = await Promise.all([
    replayed(recordingOf('sick-unchanged'), '--service', 'sick'),
    replayed(crash, '--service', 'wbe'),
  ]);

  expect(one.stdout).toContain('(only sick)');
  expect([none.stderr, none.exitCode]).toEqual([
    'ERROR: the recording has no service wbe\n  it has: web\n',
    1,
  ]);
});

const make = '  make one: rackless releases evidence RELEASE --json > evidence.json\n';

test.each([
  ['{', /^ERROR: it.json is not JSON: .*\n {2}make one/],
  ['[]', `ERROR: it.json is no evidence and no recording\n${make}`],
  ['{"processes": []}', /^ERROR: it.json has no recording\n/],
  [crash.replace('"v":1', '"v":2'), /^ERROR: it.json has a recording of version 2; this client/],
  [crash.replace('"rest"', '"west"'), /^ERROR: it.json is no recording: rest: /],
])('a file that is no recording is refused (%#)', async (text, message) => {
  const { stderr, exitCode } = await replayed(text);

  expect(exitCode).toBe(1);
  if (typeof message === 'string') expect(stderr).toBe(message);
  else expect(stderr).toMatch(message);
});

test('a file that is missing is named', async () => {
  const { stderr } = await runCli('verdict replay nope.json');

  expect(stderr).toBe(`ERROR: no such file: nope.json\n${make}`);
});

test.each([
  ['stabel=5', 'unknown policy key: stabel, did you mean stable?'],
  ['colour=5', 'unknown policy key: colour'],
  ['stable', '--set needs KEY=VALUE: stable'],
  ['stable=soon', 'stable must be a whole number from 0 on: soon'],
  ['crashRestartLimit=-2', 'crashRestartLimit must be a whole number from -1 on: -2'],
])('--set %s is a usage error', async (set, message) => {
  const { stderr, exitCode } = await replayed(crash, '--set', set);

  expect(exitCode).toBe(2);
  expect(stderr).toContain(`ERROR: ${message}\n`);
});

test('a recording comes from stdin as well', async () => {
  const { stdout } = await runCli('verdict replay -', { input: crash });

  expect(stdout).toContain('Replayed   CrashLoop after');
});
