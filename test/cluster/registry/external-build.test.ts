import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Engine } from '../docker/engine.ts';
import { startEngine } from '../docker/start-engine.ts';
import { ExternalBed } from './external-bed.ts';
import { buildersHere, type Given, once } from './external-tests.ts';
import { skopeoDigest } from './skopeo.ts';

jest.setTimeout(180_000);

let bed: ExternalBed;
beforeAll(async () => {
  if (buildersHere.length > 0) bed = await ExternalBed.open();
});
afterAll(() => bed?.close());

const describeEach = buildersHere.length > 0 ? describe : describe.skip;

describeEach.each(buildersHere.length > 0 ? buildersHere : (['docker'] as const))('%s', (name) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine(name, [bed.registry.host]);
  });
  afterAll(() => engine?.stop());

  const build = (given: Given = {}) =>
    bed.build(`--builder ${name}${given.args ?? ''}`, {
      ...given,
      env: { ...engine.env, ...given.env },
    });

  test('pushes one image for each of its services, and nothing of the login stays', async () => {
    bed.write('RUN ["/bin/sh", "-c", "echo once > /made"]');

    const { code, stderr, stdout, images, provenance, log } = await build();

    expect([code, stderr]).toEqual([0, '']);
    const digest = await skopeoDigest(bed.image('web'), await bed.mint());
    expect(images).toEqual({ web: digest, worker: digest });
    expect(await skopeoDigest(bed.image('worker'), await bed.mint())).toBe(digest);
    expect(provenance).toEqual({
      builder: expect.stringMatching(new RegExp(`^${name} \\d+\\.`)),
      bases: [],
      sbom: false,
    });
    expect(bed.leftovers).toEqual([]);
    for (const secret of bed.secrets) expect(`${stdout}${log}`).not.toContain(secret);
  });

  test('says from which image it built, with its digest', async () => {
    bed.write();
    const { image, digest, env } = await bed.pushBase();
    bed.writeDockerfile(`ARG BASE=${image}`, 'FROM $BASE', 'COPY root/bin /bin');

    const { code, stderr, provenance } = await build({ env });

    expect([code, stderr]).toEqual([0, '']);
    expect(provenance).toMatchObject({ bases: [{ digest }] });
  });

  test('goes on when the line broke in the middle of a layer', async () => {
    bed.write();
    bed.line.cutAfter(1 << 20, 1);

    const { code, images } = await build();

    expect([code, bed.line.cuts > 0]).toEqual([0, true]);
    expect(images?.['web']).toBe(await skopeoDigest(bed.image('web'), await bed.mint()));
  });

  test('a step that fails is in the log that is kept', async () => {
    bed.write('RUN ["/bin/sh", "-c", "echo no luck; exit 7"]');

    const { code, stderr, status, reason, log } = await build();

    expect([code, stderr]).toEqual([1, expect.stringMatching(/ERROR: build failed\n$/)]);
    expect([status, reason]).toEqual(['failed', expect.stringContaining('build failed with exit')]);
    expect(log).toContain('no luck');
    expect(bed.secrets).toEqual([]);
  });

  // Docker needs buildx for it, which Debian does not have.
  const testSecrets = name === 'docker' ? test.skip : test;

  testSecrets('a secret reaches the step that mounts it, and no image', async () => {
    bed.write(
      'RUN --mount=type=secret,id=TOKEN ["/bin/sh", "-c", "wc -c < /run/secrets/TOKEN > /size"]'
    );

    const { code, stdout } = await build({ args: ' --build-args TOKEN=hunter2-s3cr3t' });

    expect([code, stdout]).toEqual([0, expect.not.stringContaining('hunter2')]);
  });

  test('Ctrl-C in the middle of a step ends the build', async () => {
    bed.write('RUN ["/bin/sh", "-c", "echo begun; sleep 20"]');

    const onOutput = once(/^begun$/m, (send) => send('SIGINT'));
    const { code, status, reason } = await build({ onOutput });

    expect([code, status, reason]).toEqual([130, 'failed', 'interrupted']);
    expect(bed.leftovers).toEqual([]);
  });

  test('Ctrl-C in the middle of a push ends it, and takes the login away', async () => {
    bed.write();
    bed.line.stallAfter(1 << 20);

    const onOutput = once(/ push /, (send) => void bed.line.stalled.then(() => send('SIGINT')));
    const { code, status } = await build({ onOutput });

    expect([code, status]).toEqual([130, 'failed']);
    expect(bed.leftovers).toEqual([]);
  });
});
