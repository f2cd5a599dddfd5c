import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { create } from 'tar';
import { BuildBench } from './build-bench.ts';

let bench: BuildBench;
beforeEach(async () => {
  bench = await BuildBench.open();
  bench.environment['PATH'] = programs();
  bench.environment['DOCKER_CONFIG'] = '/not/for/docker';
  mkdirSync(programs());
});
afterEach(() => bench.close());

const programs = (): string => join(bench.folder, 'programs');
const calls = (): string => readFileSync(join(bench.folder, 'calls'), 'utf8');

/** A container program that notes how it is called and carries out the given shell lines. */
const program = (name: string, lines: string): void => {
  const file = join(programs(), name);
  writeFileSync(
    file,
    `#!/bin/sh
echo "${name} $* DOCKER_CONFIG=$DOCKER_CONFIG" >> '${bench.folder}/calls'
${lines}
`
  );
  chmodSync(file, 0o755);
};

/** The image that `save` hands over, as Docker writes it: layers are plain tars. */
const saveImage = async (): Promise<string> => {
  const folder = join(bench.folder, 'saved');
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.txt'), 'a');
  await create(
    { cwd: folder, file: join(folder, 'layer.tar'), mtime: new Date(0), portable: true },
    ['a.txt']
  );
  writeFileSync(join(folder, 'config.json'), '{"config":{"Cmd":["a"]},"rootfs":{"type":"layers"}}');
  const manifest = [{ Config: 'config.json', RepoTags: null, Layers: ['layer.tar'] }];
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  const file = join(bench.folder, 'image.tar');
  await create({ cwd: folder, file }, ['manifest.json', 'config.json', 'layer.tar']);
  return file;
};

/** `build` writes the id to the file after --iidfile, `save` the image to the one after --output. */
const works = (image: string): string => `
case "$1" in
  info) exit 0 ;;
  build) echo building; echo sha256:1 > "$3" ;;
  save) /bin/cp '${image}' "$3" ;;
  *) exit 1 ;;
esac`;

test('docker builds, and we push what it saved', async () => {
  program('docker', works(await saveImage()));

  const result = await bench.build(
    'FROM x\nRUN y\n',
    '--opt',
    'build-arg:A=b c',
    '--opt',
    'target=t'
  );

  expect([result.code, result.output]).toEqual([0, result.output]);
  expect(result.output).toContain(`builder: docker (${programs()}/docker)`);
  expect(result.lines).toContain('building');
  expect(calls()).toContain(
    `--tag rackless-build/rack/app:latest --file ${bench.context}/Dockerfile --build-arg A=b c --target t ${bench.context} DOCKER_CONFIG=\n`
  );
  expect(calls()).toMatch(/docker save --output \S+ sha256:1 /);
  const { files, config, manifest } = await bench.pushed();
  expect(files).toEqual({ 'a.txt': 'file 644 a' });
  expect(config.Cmd).toEqual(['a']);
  expect(manifest.layers[0]?.mediaType).toBe('application/vnd.oci.image.layer.v1.tar+gzip');
  expect(bench.registry.manifests.has(`rack/app@${result.metadata['containerimage.digest']}`)).toBe(
    true
  );
});

test('the same saved image is pushed once', async () => {
  program('docker', works(await saveImage()));
  await bench.build('FROM x\nENV A=1\n');
  const before = bench.registry.uploads().length;

  await bench.build('FROM x\nENV A=1\n');

  expect(bench.registry.uploads().length).toBe(before);
});

test('a program that fails ends the build with its last words', async () => {
  program('docker', '[ "$1" = info ] && exit 0\necho "the RUN failed" >&2\nexit 3');

  const { code, lines } = await bench.build('FROM x\nENV A=1\n');

  expect(code).toBe(1);
  expect(lines.at(-1)).toBe(
    'error: failed to solve: docker build ended with exit code 3: the RUN failed'
  );
});

test('a docker without its daemon is passed over, and said so', async () => {
  program(
    'docker',
    'echo "Client: x"\necho "ERROR: Cannot connect to the Docker daemon" >&2\nexit 1'
  );
  program('podman', works(await saveImage()).replace('save)', 'save) shift 2;'));

  const { code, output } = await bench.build('FROM x\nENV A=1\n');

  expect(code).toBe(0);
  expect(output).toContain('docker is not used: Cannot connect to the Docker daemon');
  expect(output).toContain(`builder: podman (${programs()}/podman)`);
  expect(calls()).toMatch(/podman save --format docker-archive --output \S+ sha256:1/);
});

test('without a program that works the built-in builder is used', async () => {
  program('docker', 'exit 1');

  const { code, output } = await bench.build('FROM scratch\nENV A=1\n');

  expect(code).toBe(0);
  expect(output).toContain('docker is not used: it does not answer');
  expect(output).toContain('builder: built-in');
});

test('LOCAL_BUILDER takes the built-in builder although a program works', async () => {
  program('docker', works(await saveImage()));
  bench.environment['LOCAL_BUILDER'] = 'built-in';

  const { code, output } = await bench.build('FROM scratch\n');

  expect([code, output]).toEqual([0, expect.stringContaining('builder: built-in (LOCAL_BUILDER)')]);
});

test('LOCAL_BUILDER takes the program that it names, and no other', async () => {
  program('docker', works(await saveImage()));
  bench.environment['LOCAL_BUILDER'] = 'buildah';

  const { code, output } = await bench.build('FROM scratch\n');

  expect([code, output]).toEqual([1, expect.stringContaining('LOCAL_BUILDER=buildah: not found')]);
});

test('a LOCAL_BUILDER that is none is named, with those that there are', async () => {
  bench.environment['LOCAL_BUILDER'] = 'kaniko';

  const { code, output } = await bench.build('FROM scratch\n');

  expect([code, output]).toEqual([
    1,
    expect.stringContaining('LOCAL_BUILDER=kaniko: no such builder; there are docker, podman'),
  ]);
});

test('an image is copied without a program, which would ask its registry for TLS', async () => {
  program('podman', 'exit 125');
  const config = bench.registry.putBlob(Buffer.from('{"config":{"Cmd":["low"]}}'));
  bench.registry.putManifest('lib/low', '1', { config, layers: [] });

  const { code } = await bench.build(`FROM ${bench.registry.host}/lib/low:1\n`);

  expect(code).toBe(0);
  expect((await bench.pushed()).config).toEqual({ Cmd: ['low'] });
});

/** What podman says where no registry can be reached. */
const offline =
  '[ "$1" = info ] && exit 0\necho "Error: initializing source docker://x: pinging container registry a.b: Get "https://a.b/v2/": dial tcp: lookup a.b: no such host" >&2\nexit 125';

test('where a program gets at no base image, the built-in builder goes on without it', async () => {
  program('podman', offline);

  const { code, output } = await bench.build(`FROM 127.0.0.1:1/none\nENV A=1\n`);

  expect([code, output]).toEqual([
    0,
    expect.stringContaining('podman reached no registry: the built-in builder tries it'),
  ]);
  expect((await bench.pushed()).config.Env).toContain('A=1');
});

test("what the built-in builder can't do instead leaves the program's own error", async () => {
  program('podman', offline);

  const { code, lines } = await bench.build('FROM 127.0.0.1:1/none\nRUN y\n');

  expect([code, lines.at(-1)]).toEqual([
    1,
    expect.stringMatching(
      /podman build ended with exit code 125: Error: initializing .*no such host$/
    ),
  ]);
});

test('a program that LOCAL_BUILDER names is not replaced', async () => {
  program('podman', offline);
  bench.environment['LOCAL_BUILDER'] = 'podman';

  const { code, lines } = await bench.build('FROM 127.0.0.1:1/none\nENV A=1\n');

  expect([code, lines.at(-1)]).toEqual([1, expect.stringMatching(/no such host$/)]);
});
