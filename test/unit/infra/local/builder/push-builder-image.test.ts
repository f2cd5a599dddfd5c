import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { pushBuilderImage } from '#infra/local/builder/push-builder-image.ts';
import { ImageStore, type StoredImage } from '#infra/local/cluster/node/images/image-store.ts';
import { TestRegistry } from './test-registry.ts';

const run = promisify(execFile);
let registry: TestRegistry;
let folder: string;
beforeEach(async () => {
  registry = await TestRegistry.start();
  folder = mkdtempSync(join(tmpdir(), 'rackless-test-'));
});
afterEach(async () => {
  await registry.stop();
  rmSync(folder, { recursive: true, force: true });
});

const unpacked = async (image: string): Promise<StoredImage> =>
  await new ImageStore(join(folder, 'images')).pull(image, undefined, new AbortController().signal);

/** PATH as the node agent sets it: the image's programs first, then Node and the machine's. */
const environmentOf = ({ rootfs }: StoredImage): Record<string, string> => ({
  PATH: [
    `${rootfs}/usr/local/bin`,
    `${rootfs}/usr/bin`,
    dirname(process.execPath),
    '/usr/bin',
    '/bin',
  ].join(':'),
  RACKLESS_BUILDER_CACHE: join(folder, 'cache'),
});

test('is pinned by digest, and pushed only once', async () => {
  const first = await pushBuilderImage(registry.host);
  const uploads = registry.uploads().length;

  const second = await pushBuilderImage(registry.host);

  expect(first).toMatch(/^127\.0\.0\.1:\d+\/rackless\/builder@sha256:[0-9a-f]{64}$/);
  expect(second).toBe(first);
  expect(registry.uploads().length).toBe(uploads);
  expect(await pushBuilderImage(registry.host, { name: 'other' })).toContain('/other@sha256:');
});

test('its programs do what the build job runs, unpacked below a folder of modules', async () => {
  // Where the checkout's own package.json would make modules of the scripts.
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const image = await unpacked(await pushBuilderImage(registry.host));
  const env = environmentOf(image);
  const context = join(folder, 'context');
  const source = join(folder, 'source');
  const script = `set -e
mkdir -p ${context} ${source}
echo hello > ${source}/a.txt
printf 'FROM scratch\\nCOPY a.txt /\\n' > ${source}/Dockerfile
tar -czf ${folder}/context.tgz -C ${source} .`;
  await run('sh', ['-c', script]);
  const { digest } = registry.putBlob(readFileSync(join(folder, 'context.tgz')));

  await run('sh', ['-c', `wget -qO- "$CONTEXT_URL" | tar -xzf - -C ${context}`], {
    env: { ...env, CONTEXT_URL: `http://${registry.host}/v2/source/blobs/${digest}` },
  });
  const built = await run(
    'buildctl-daemonless.sh',
    [
      ...['build', '--progress=plain', '--frontend', 'dockerfile.v0'],
      ...['--local', `context=${context}`, '--local', `dockerfile=${context}`],
      ...['--opt', 'filename=Dockerfile', '--metadata-file', join(folder, 'metadata.json')],
      ...['--output', `type=image,name=${registry.host}/rack/app:web.B1,push=true`],
    ],
    { env }
  );

  expect(built.stderr).toContain('DONE');
  const metadata = JSON.parse(readFileSync(join(folder, 'metadata.json'), 'utf8'));
  const app = await unpacked(`${registry.host}/rack/app@${metadata['containerimage.digest']}`);
  expect(readFileSync(join(app.rootfs, 'a.txt'), 'utf8')).toBe('hello\n');
}, 20_000);

test('its wget fails with a message when the server says no', async () => {
  const image = await unpacked(await pushBuilderImage(registry.host));
  const url = `http://${registry.host}/v2/source/blobs/sha256:0`;

  const failure = await run('wget', ['-qO-', url], { env: environmentOf(image) }).catch(
    (error: unknown) => error
  );

  expect(failure).toMatchObject({
    code: 8,
    stderr: 'wget: server returned error: HTTP/1.1 404 Not Found\n',
  });
});
