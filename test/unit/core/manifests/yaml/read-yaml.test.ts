import { expect, test } from '@jest/globals';
import { aManifest, errorOf, parsed, problemsOf, service } from '../parsed.ts';

test.each([
  ['services:\n\tweb:\n', /^invalid YAML: Tabs/, 2, 1],
  ['services:\n  web:\n    command: "x\n', /^invalid YAML: Missing closing "quote/, 4, 1],
  ['services: {web: [}\n', /^invalid YAML: /, 1, 18],
  ['services:\n  web: {}\n  web: {}\n', /^duplicate key web$/, 3, 3],
  ['services: {web: }\n---\nservices: {api: }\n', /^manifest has several YAML documents$/, 2, 1],
  ['services:\n  web: *base\n', /^anchor base is not defined$/, 2, 8],
  ['services:\n  web: &web {build: *web}\n', /^anchor web contains itself$/, 2, 21],
  ['services:\n  web: {<<: 1}\n', /^<< must name a map/, 2, 9],
  ['services:\n  web: !ruby {port: 1}\n', /^tag !ruby is not supported$/, 2, 14],
  ['services:\n  web:\n    ? [a]\n    : 1\n', /^a key must be plain text$/, 3, 7],
])('gives line and column of %j', (text, message, ...at) => {
  const [line, column] = at;

  expect(errorOf(text).problems[0]).toMatchObject({
    message: expect.stringMatching(message),
    line,
    column,
  });
});

test('keeps what YAML 1.1 would turn into something else where text is wanted', () => {
  const web = service(
    'command: yes',
    'build: .',
    'environment: [ON, Y=1, 1.10]',
    'labels: {v: 1.10}'
  );

  expect(web).toMatchObject({
    command: 'yes',
    source: { path: '.' },
    environment: [{ name: 'ON' }, { name: 'Y' }, { name: '1.10' }],
    labels: { v: '1.10' },
  });
});

test('reads yes and no as YAML 1.1 does', () => {
  expect(service('internal: yes', 'singleton: no')).toMatchObject({
    internal: true,
    singleton: false,
  });
});

test.each([
  ['lists', '[', 20_000],
  ['maps', '{a: ', 20_000],
  ['block lists', '- ', 20_000],
])('refuses %s that are nested too deeply', (_, text, times) => {
  expect(problemsOf(`services: ${text === '- ' ? '\n' : ''}${text.repeat(times)}`)).toContain(
    'nested too deeply'
  );
});

/** Each line repeats the one before nine times: 9^20 entries. */
const bomb = (seed: string) => [
  `x-0: &a0 ${seed}`,
  ...Array.from({ length: 20 }, (_, i) => `x-${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]`),
];

test.each(['[A=1]', '[]'])('stops at an alias bomb of %s', (seed) => {
  const text = [...bomb(seed), 'services: {web: {environment: *a20}}'].join('\n');

  expect(problemsOf(text)).toEqual(['environment has more than 2000 entries, or too deep lists']);
});

test('stops at a chain of merge keys', () => {
  const services = Array.from({ length: 2000 }, (_, i) => {
    const merge = i > 0 ? `<<: *s${i - 1}, ` : '';
    return `  s${i}: &s${i} {${merge}k${i}: 1}`;
  });

  expect(problemsOf(`services:\n${services.join('\n')}`)).toContain('too many merge keys');
});

test('stops at the thousandth problem', () => {
  const { problems, message } = errorOf(
    Array.from({ length: 5000 }, (_, i) => `k${i}: 1`).join('\n')
  );

  expect(problems).toHaveLength(1002);
  expect(problems.at(-1)?.message).toBe('too many problems, the rest was not read');
  expect(message.split('\n')).toHaveLength(51);
});

test('fills in references after parsing, so that a value can not change the structure', () => {
  const env = { CMD: 'run\n    privileged: true', NAME: 'a: {b}' };
  const { services } = parsed(
    aManifest(`command: \${CMD}`, 'labels: []', `annotations: {n: "\${NAME}"}`),
    { env }
  );

  expect(services[0]).toMatchObject({
    command: 'run\n    privileged: true',
    privileged: false,
    annotations: { n: 'a: {b}' },
  });
});

test('resolves an unquoted reference as the YAML scalar it becomes', () => {
  const env = { PORT: '3000', COUNT: '4', OFF: 'false', MIN: '1' };
  const text = aManifest(
    `port: \${PORT}`,
    `scale: {min: "\${MIN}", max: 1\${COUNT}}`,
    `internal: \${OFF}`
  );

  expect(parsed(text, { env }).services[0]).toMatchObject({
    port: { port: 3000, scheme: 'http' },
    scale: { min: 1, max: 14 },
    internal: false,
  });
});

test('fills in references inside flow style', () => {
  const text = aManifest(`port: {port: \${PORT}, scheme: \${SCHEME}}`);

  expect(parsed(text, { env: { PORT: '8443', SCHEME: 'https' } }).services[0]?.port).toEqual({
    port: 8443,
    scheme: 'https',
  });
});

test('takes a missing reference for empty and warns once', () => {
  const { services, warnings } = parsed(aManifest(`port: \${PORT}`, `command: a \${PORT} b`), {
    env: {},
  });

  expect(services[0]).toMatchObject({ port: undefined, command: 'a  b' });
  expect(warnings).toEqual([
    { message: `PORT is not set, \${PORT} is empty`, line: 3, column: 11 },
  ]);
});

test('does not look a reference up on the object itself', () => {
  expect(parsed(aManifest(`command: x\${constructor}`), { env: {} }).services[0]?.command).toBe(
    'x'
  );
});

test('refuses a reference with a default, which Convox turns into nothing', () => {
  expect(problemsOf(aManifest(`command: run \${PORT:-80}`))).toEqual([
    `invalid interpolation \${PORT:-80}, only \${NAME} is replaced`,
  ]);
});

test('shows a reference as it was written in a syntax error', () => {
  expect(problemsOf(`services: {web: {port: \${PORT}}\nx`)[0]).not.toMatch(/[\uE000\uE001]/);
});
