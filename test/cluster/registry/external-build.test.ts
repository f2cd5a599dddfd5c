import { expect, jest, test } from '@jest/globals';
import { describeHere, externalRig, namedBuilders, once } from './external-rig.ts';
import { skopeoDigest } from './skopeo.ts';

jest.setTimeout(180_000);

const rig = externalRig();

describeHere.each(namedBuilders)('an external build by %s', (name) => {
  const build = rig.buildsWith(name);

  test('pushes one image for each of its services, and nothing of the login stays', async () => {
    rig.bed.write('RUN ["/bin/sh", "-c", "echo once > /made"]');

    const { code, stderr, stdout, images, provenance, log } = await build();

    expect([code, stderr]).toEqual([0, '']);
    const digest = await skopeoDigest(rig.bed.image('web'), await rig.bed.mint());
    expect(images).toEqual({ web: digest, worker: digest });
    expect(await skopeoDigest(rig.bed.image('worker'), await rig.bed.mint())).toBe(digest);
    expect(provenance).toEqual({
      builder: expect.stringMatching(new RegExp(`^${name} \\d+\\.`)),
      bases: [],
      sbom: false,
    });
    expect(rig.bed.leftovers).toEqual([]);
    for (const secret of rig.bed.secrets) expect(`${stdout}${log}`).not.toContain(secret);
  });

  test('says from which image it built, with its digest', async () => {
    rig.bed.write();
    const { image, digest, env } = await rig.bed.pushBase();
    rig.bed.writeDockerfile(`ARG BASE=${image}`, 'FROM $BASE', 'COPY root/bin /bin');

    const { code, stderr, provenance } = await build({ env });

    expect([code, stderr]).toEqual([0, '']);
    expect(provenance).toMatchObject({ bases: [{ digest }] });
  });

  test('goes on when the line broke in the middle of a layer', async () => {
    rig.bed.write();
    rig.bed.line.cutAfter(1 << 20, 1);

    const { code, images } = await build();

    expect([code, rig.bed.line.cuts > 0]).toEqual([0, true]);
    expect(images?.['web']).toBe(await skopeoDigest(rig.bed.image('web'), await rig.bed.mint()));
  });

  test('a step that fails is in the log that is kept', async () => {
    rig.bed.write('RUN ["/bin/sh", "-c", "echo no luck; exit 7"]');

    const { code, stderr, status, reason, log } = await build();

    expect([code, stderr]).toEqual([1, expect.stringMatching(/ERROR: build failed\n$/)]);
    expect([status, reason]).toEqual(['failed', expect.stringContaining('build failed with exit')]);
    expect(log).toContain('no luck');
    expect(rig.bed.secrets).toEqual([]);
  });

  // Docker needs buildx for it, which Debian does not have.
  const testSecrets = name === 'docker' ? test.skip : test;

  testSecrets('a secret reaches the step that mounts it, and no log', async () => {
    rig.bed.write(
      'RUN --mount=type=secret,id=TOKEN ["/bin/sh", "-c", "test $(wc -c < /run/secrets/TOKEN) -eq 14"]'
    );

    const { code, stdout, log } = await build({ args: ' --build-args TOKEN=hunter2-s3cr3t' });

    expect([code, `${stdout}${log}`]).toEqual([0, expect.not.stringContaining('hunter2')]);
  });

  test('Ctrl-C in the middle of a step ends the build', async () => {
    rig.bed.write('RUN ["/bin/sh", "-c", "echo begun; sleep 20"]');

    const onOutput = once(/^begun$/m, (send) => send('SIGINT'));
    const { code, status, reason } = await build({ onOutput });

    expect([code, status, reason]).toEqual([130, 'failed', 'interrupted']);
    expect(rig.bed.leftovers).toEqual([]);
  });

  test('Ctrl-C in the middle of a push ends it, and takes the login away', async () => {
    rig.bed.write();
    rig.bed.line.stallAfter(1 << 20);

    const onOutput = once(/ push /, (send) => void rig.bed.line.stalled.then(() => send('SIGINT')));
    const { code, status } = await build({ onOutput });

    expect([code, status]).toEqual([130, 'failed']);
    expect(rig.bed.leftovers).toEqual([]);
  });
});
