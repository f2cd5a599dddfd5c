import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { BuildBench } from './build-bench.ts';

const hello = fileURLToPath(new URL('../../../../../examples/hello/', import.meta.url));

let bench: BuildBench;
beforeEach(async () => {
  bench = await BuildBench.open();
});
afterEach(() => bench.close());

test('builds examples/hello and pushes it under its name', async () => {
  const names = [
    'Dockerfile',
    '.dockerignore',
    'web.js',
    'worker.js',
    'package.json',
    'convox.yml',
  ];
  bench.write(Object.fromEntries(names.map((name) => [name, readFileSync(`${hello}${name}`)])));

  const dockerfile = readFileSync(`${hello}Dockerfile`, 'utf8').replace(
    'node:24',
    'localhost:2/node:24'
  );
  const { code, output, metadata } = await bench.build(dockerfile);

  expect(output).toContain(
    "base image localhost:2/node:24-alpine cannot be pulled (localhost:2: ECONNREFUSED): using this machine's own runtime"
  );
  expect(code).toBe(0);
  const { config, files } = await bench.pushed();
  expect(Object.keys(files)).toEqual(['app/', 'app/package.json', 'app/web.js', 'app/worker.js']);
  expect(config.Cmd).toEqual(['node', 'web.js']);
  expect(config.WorkingDir).toBe('/app');
  expect(bench.registry.manifests.has(`rack/app@${metadata['containerimage.digest']}`)).toBe(true);
  expect(metadata['image.name']).toBe(bench.image);
});

test('an unchanged source has the same digest and pushes nothing', async () => {
  bench.write({ 'a.txt': 'a', 'sub/b.txt': 'b' });
  const first = await bench.build('FROM scratch\nWORKDIR /x\nCOPY . .\n');
  const before = bench.registry.uploads().length;

  const second = await bench.build('FROM scratch\nWORKDIR /x\nCOPY . .\n');

  expect(before).toBeGreaterThan(0);
  expect(bench.registry.uploads().length).toBe(before);
  expect(second.metadata).toEqual(first.metadata);
  expect(second.output).toContain('pushing layers: 0 of 2 are new, 0B done');
});

test('tells its steps as BuildKit does', async () => {
  bench.write({ 'a.txt': 'a' });

  const { lines } = await bench.build('FROM scratch AS one\nCOPY a.txt /\nFROM one\nWORKDIR /x\n');

  const titles = lines.filter((line) => /^#\d+ \[/.test(line));
  expect(titles).toEqual([
    '#1 [internal] choose builder',
    '#2 [internal] load build definition from Dockerfile',
    '#3 [internal] load .dockerignore',
    '#4 [one 1/2] FROM scratch AS one',
    '#5 [one 2/2] COPY a.txt /',
    '#6 [stage-1 1/2] FROM one',
    '#7 [stage-1 2/2] WORKDIR /x',
  ]);
  expect(lines).toContain('#5 DONE 0.0s');
});

test('a Dockerfile of nothing but an image copies it, layer by layer', async () => {
  bench.write({ 'low.txt': 'low' });
  await bench.build('FROM scratch\nENV A=1\nCOPY low.txt /bin/\nCMD ["low"]\n');
  const base = bench.registry.manifests.get('rack/app:web.B1')?.body ?? Buffer.alloc(0);
  const digest = bench.registry.putManifest('lib/low', '1', JSON.parse(base.toString()));
  const before = await bench.pushed();

  const { code, output } = await bench.build(`FROM ${bench.registry.host}/lib/low@${digest}\n`);

  expect([code, output]).toEqual([0, expect.stringContaining('pushing layers: 0 of 1 are new')]);
  expect(await bench.pushed()).toMatchObject({ config: before.config, files: before.files });
});

test.each([
  ['nobody has', (host: string) => `${host}/lib/none:1`, '404'],
  ['of a registry that is away', () => 'localhost:2/lib/none:1', 'ECONNREFUSED'],
])('an image that %s is not copied as an empty one', async (_, image, cause) => {
  const { code, output } = await bench.build(`FROM ${image(bench.registry.host)}\n`);

  expect(code).toBe(1);
  expect(output).toMatch(
    new RegExp(`error: failed to solve: failed to resolve source metadata for .*${cause}`)
  );
  expect(bench.registry.manifests.has('rack/app:web.B1')).toBe(false);
});

test('pulls a base image once and builds on its layers', async () => {
  bench.write({ 'low.txt': 'low' });
  await bench.build('FROM scratch\nENV A=1\nCOPY low.txt /bin/\nCMD ["low"]\n');
  const base = bench.registry.manifests.get('rack/app:web.B1')?.body ?? Buffer.alloc(0);
  bench.registry.putManifest('lib/low', '1', JSON.parse(base.toString()));
  bench.write({ 'high.txt': 'high' });

  const from = `FROM ${bench.registry.host}/lib/low:1\nCOPY high.txt /bin\nENTRYPOINT ["high"]\n`;
  await bench.build(from);
  const pulls = (): number =>
    bench.registry.requests.filter((line) => line.startsWith('GET /v2/lib/low/blobs/')).length;
  const once = pulls();
  const { code } = await bench.build(from);

  expect(code).toBe(0);
  expect(once).toBe(2);
  expect(pulls()).toBe(2);
  const { files, config, file } = await bench.pushed();
  // /bin is a folder of the base image, so the file goes into it.
  expect(files).toEqual({
    'bin/': 'folder 755',
    'bin/low.txt': 'file 644 low',
    'bin/high.txt': 'file 644 high',
  });
  expect(config.Env).toContain('A=1');
  expect(config.Entrypoint).toEqual(['high']);
  expect(config.Cmd).toBeUndefined();
  expect(file.rootfs?.diff_ids.length).toBe(2);
  expect(file.history?.filter((entry) => entry.empty_layer !== true).length).toBe(2);
});

test.each([
  [
    'no Dockerfile',
    undefined,
    /^error: failed to solve: failed to read dockerfile: open Dockerfile: no such file or directory$/,
  ],
  ['an empty one', '# nothing\n', /the Dockerfile cannot be empty$/],
  [
    'a missing source',
    'FROM scratch\nCOPY x /\n',
    /failed to calculate checksum: "\/x": not found$/,
  ],
  [
    'a source outside',
    'FROM scratch\nCOPY ../../etc/passwd /\n',
    /failed to calculate checksum: "\/etc\/passwd": not found$/,
  ],
  [
    'an unknown instruction',
    'FROM scratch\nCOPPY a b\n',
    /dockerfile parse error on line 2: unknown instruction: COPPY$/,
  ],
  ['a missing argument', 'FROM scratch\nCOPY a\n', /COPY requires at least two arguments/],
  ['no FROM', 'ENV a=b\n', /no build stage in current context$/],
  ['a bad port', 'FROM scratch\nEXPOSE web\n', /invalid containerPort: web$/],
  [
    'several files to a file',
    'FROM scratch\nCOPY Dockerfile Dockerfile /a\n',
    /the destination must be a directory and end with a \/$/,
  ],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a Dockerfile's own variable
  ['a required variable', 'FROM scratch\nARG V\nENV A="${V:?give V}"\n', /V: give V$/],
])('fails with the reason on the last line: %s', async (_what, dockerfile, reason) => {
  const { code, lines } = await bench.build(dockerfile);

  expect(code).toBe(1);
  expect(lines.at(-1)).toMatch(reason);
  expect(bench.registry.uploads()).toEqual([]);
});

test.each([
  ['RUN npm ci', 'RUN npm ci needs a container'],
  ['ONBUILD COPY . .', 'ONBUILD leaves work to other builds'],
  ['ADD https://example.com/x.tgz /x', 'ADD https://example.com/x.tgz /x would download files'],
  ['COPY <<EOF /x\nhi\nEOF', 'COPY has a here-document'],
  ['COPY --exclude=a . .', 'COPY has the flag --exclude'],
  ['COPY --chmod=u+x a b', 'COPY has --chmod=u+x, which is no octal number'],
])('refuses what it cannot honour, with line and way out: %s', async (instruction, reason) => {
  const { code, lines } = await bench.build(`FROM scratch\n\n${instruction}\n`);

  expect(code).toBe(1);
  expect(lines.at(-1)).toBe(
    `error: failed to solve: line 3: ${reason}, which the built-in builder cannot do; install docker, podman or buildah on this machine, or use a real cluster with --kubeconfig`
  );
  expect(lines.some((line) => line.startsWith(`   3 | >>> ${instruction.split('\n')[0]}`))).toBe(
    true
  );
});

test('a RUN in a stage that is not needed does not matter', async () => {
  const dockerfile = 'FROM scratch AS test\nRUN npm test\nFROM scratch AS app\nCMD ["a"]\n';

  expect((await bench.build(dockerfile)).code).toBe(0);
  expect((await bench.build(dockerfile, '--opt', 'target=test')).code).toBe(1);
});

test('refuses another Dockerfile language', async () => {
  const { code, lines } = await bench.build('# syntax=docker/dockerfile:1-labs\nFROM scratch\n');

  expect(code).toBe(1);
  expect(lines.at(-1)).toContain('# syntax=docker/dockerfile:1-labs asks for another');
});

test('says what it leaves out', async () => {
  bench.write({ a: 'a' });

  const { code, output } = await bench.build(
    'FROM --platform=linux/s390x scratch\nHEALTHCHECK --interval=5s CMD true\nCOPY --chown=1:1 a /a\n'
  );

  expect(code).toBe(0);
  expect(output).toContain('note: line 1: --platform is ignored');
  expect(output).toContain('note: line 2: HEALTHCHECK is ignored');
  expect(output).toContain('note: line 3: --chown is ignored');
});

test.each([
  [['--ssh', 'default'], "error: Unknown option '--ssh'"],
  [['--opt', 'network=host'], 'error: unknown option: --opt network'],
  [['--local', 'x'], 'error: invalid value x of --local: expected NAME=VALUE'],
  [['--local', 'context=/nowhere'], 'error: --local context=/nowhere: no such folder'],
  [
    ['--output', 'type=tar'],
    'error: give exactly one --output type=image,name=HOST/REPOSITORY:TAG,push=true',
  ],
])('refuses options it does not know: %j', async (options, message) => {
  const { code, lines } = await bench.build('FROM scratch\n', ...options);

  expect(code).toBe(1);
  expect(lines).toEqual([message]);
});

test('a registry that refuses the push is named with what it said', async () => {
  await bench.close();
  bench = await BuildBench.open({ login: 'me:secret' });

  const { code, lines } = await bench.build('FROM scratch\n');

  expect(code).toBe(1);
  expect(lines.at(-1)).toMatch(
    /^error: failed to solve: failed to push 127\.0\.0\.1:\d+\/rack\/app:web\.B1: unexpected status from HEAD request to \S+: 401 Unauthorized$/
  );
});
