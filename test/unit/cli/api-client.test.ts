import { expect, test } from '@jest/globals';
import { plain, problem, unreachable } from '#test/fakes/scripted-rack.ts';
import { runCli } from '#test/run-cli.ts';
import { anApp } from './records.ts';

test('asks for JSON, with the decoded user and token, below the path of RACK_URL', async () => {
  const { headers, exitCode } = await runCli('apps', { rack: { listApps: [anApp()] } });

  expect(exitCode).toBe(0);
  expect(headers[0]?.get('accept')).toBe('application/json');
  expect(headers[0]?.get('authorization')).toBe(`Basic ${btoa('convox:s3cr/et')}`);
});

test.each([
  ['nonsense', 'invalid RACK_URL: it is not an http or https URL'],
  ['ftp://convox:x@rack.test', 'invalid RACK_URL: it is not an http or https URL'],
  ['http://rack.test', 'invalid RACK_URL: it has no token'],
])('RACK_URL %s: %s', async (RACK_URL, message) => {
  const { stderr, exitCode, requests } = await runCli('apps', { env: { RACK_URL } });

  expect([exitCode, requests]).toEqual([1, []]);
  expect(stderr).toBe(
    `ERROR: ${message}\n` +
      '  it has the form http://convox:TOKEN@host:port, with the token percent-encoded\n'
  );
});

test.each([
  [unreachable, 'cannot reach the rack at http://rack.test: connect ECONNREFUSED 127.0.0.1:80'],
  [problem(401, { code: 'x', detail: 'invalid authentication' }), 'invalid authentication'],
  [plain(500, 'something went wrong'), 'something went wrong'],
  [
    plain(502, '<html><body>Bad Gateway</body></html>'),
    'response status 502 from http://rack.test',
  ],
  [plain(403, '{"message":"Forbidden"}'), 'response status 403 from http://rack.test'],
  [plain(504, ''), 'response status 504 from http://rack.test'],
  [plain(200, '<html>Welcome</html>'), "http://rack.test gave an answer that is not a rack's"],
  [plain(200, '{"apps":[]}'), "http://rack.test gave an answer that is not a rack's"],
])('failure %#: %s', async (failure, message) => {
  const { stderr, exitCode } = await runCli('apps', { rack: { listApps: failure } });

  expect(exitCode).toBe(1);
  expect(stderr.split('\n')[0]).toBe(`ERROR: ${message}`);
});

test('a refused token comes with the next step, and never with the token', async () => {
  const { stderr } = await runCli('apps --json', {
    rack: { listApps: problem(401, { code: 'x', detail: 'invalid authentication' }) },
  });

  expect(JSON.parse(stderr)).toEqual({
    code: 'Unauthenticated',
    detail: 'invalid authentication',
    hint: 'check the token in RACK_URL, or log in again with `rackless login HOST --token TOKEN`',
  });
});

test('a bug of ours is told as one, with its place', async () => {
  const { stderr, exitCode } = await runCli('env edit', {
    rack: { listReleases: [] },
    edit: async () => {
      throw new TypeError('x is not a function');
    },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^ERROR: unexpected error: x is not a function\n {2}this is a bug.*\nTypeError/
  );
});
