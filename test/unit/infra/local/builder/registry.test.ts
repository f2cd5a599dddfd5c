import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from '@jest/globals';
import { BuildBench } from './build-bench.ts';

let bench: BuildBench;
afterEach(() => bench.close());

const logIn = (user: string): void => {
  const folder = join(bench.folder, 'docker');
  mkdirSync(folder);
  const auth = Buffer.from(user).toString('base64');
  const config = { auths: { [`http://${bench.registry.host}/v2/`]: { auth } } };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  bench.environment['DOCKER_CONFIG'] = folder;
};

test.each([false, true])(
  'pushes and pulls with the login of DOCKER_CONFIG, token: %s',
  async (bearer) => {
    bench = await BuildBench.open({ login: 'me:secret', bearer });
    logIn('me:secret');

    const pushed = await bench.build('FROM scratch\nLABEL a=1\n');
    const built = await bench.build(`FROM ${bench.image}\nLABEL b=2\n`);

    expect([pushed.code, built.code]).toEqual([0, 0]);
    expect((await bench.pushed()).config.Labels).toEqual({ a: '1', b: '2' });
  }
);

test('a wrong password ends the build with the registry named', async () => {
  bench = await BuildBench.open({ login: 'me:secret' });
  logIn('me:wrong');

  const { code, lines } = await bench.build('FROM scratch\n');

  expect(code).toBe(1);
  expect(lines.at(-1)).toContain('401 Unauthorized');
});

test('a DOCKER_CONFIG that is damaged is named', async () => {
  bench = await BuildBench.open();
  logIn('me:secret');
  const file = join(bench.folder, 'docker', 'config.json');
  writeFileSync(file, '{');

  expect((await bench.build('FROM scratch\n')).lines.at(-1)).toBe(
    `error: failed to solve: ${file} is not valid JSON`
  );
});

test('a push is tried again when the registry stumbles, and given up when it says no', async () => {
  bench = await BuildBench.open();
  bench.registry.failures.push(503, 429);
  const stumbled = await bench.build('FROM scratch\n');
  bench.registry.failures.push(400);
  const refused = await bench.build('FROM scratch\nLABEL a=1\n');

  expect(stumbled.code).toBe(0);
  expect(refused.code).toBe(1);
  expect(refused.lines.at(-1)).toContain('400 Bad Request');
});

test('a base image whose content is not what its digest says is not used', async () => {
  bench = await BuildBench.open();
  const { host } = bench.registry;
  const config = bench.registry.putBlob(Buffer.from('{"config":{"Labels":{"evil":"1"}}}'));
  bench.registry.blobs.set(config.digest, Buffer.from('{"config":{"Labels":{"evil":"2"}}}'));
  bench.registry.putManifest('lib/x', '1', { config, layers: [] });

  const { code, output } = await bench.build(`FROM ${host}/lib/x:1\nENV A=1\n`);

  expect(code).toBe(0);
  expect(output).toContain(
    `base image ${host}/lib/x:1 cannot be pulled (unexpected digest sha256:`
  );
  expect((await bench.pushed()).config).not.toHaveProperty('Labels');
});

test("takes this machine's platform out of an index, and Docker's media types", async () => {
  bench = await BuildBench.open();
  const { host } = bench.registry;
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const manifestFor = (label: string): string => {
    const config = bench.registry.putBlob(
      Buffer.from(
        JSON.stringify({
          architecture,
          config: { Labels: { label } },
          rootfs: { diff_ids: ['sha256:1'] },
        })
      )
    );
    const layer = bench.registry.putBlob(gzipSync(Buffer.alloc(1024)));
    const mediaType = 'application/vnd.docker.image.rootfs.diff.tar.gzip';
    return bench.registry.putManifest('lib/x', label, {
      config,
      layers: [{ ...layer, mediaType }],
    });
  };
  const manifests = [
    { digest: manifestFor('other'), platform: { os: 'linux', architecture: 'mips' } },
    { digest: manifestFor('mine'), platform: { os: 'linux', architecture } },
  ];
  bench.registry.putManifest('lib/x', '1', { manifests });

  const { code, output } = await bench.build(`FROM ${host}/lib/x:1\nENV A=1\n`);

  expect(output).not.toContain("this machine's own runtime");

  expect(code).toBe(0);
  const manifest = JSON.parse(`${bench.registry.manifests.get('rack/app:web.B1')?.body}`);
  expect(manifest.layers[0].mediaType).toBe('application/vnd.oci.image.layer.v1.tar+gzip');
  const file = JSON.parse(`${bench.registry.blobs.get(manifest.config.digest)}`);
  expect(file.config.Labels).toEqual({ label: 'mine' });
});

/** A program for 64-bit machines that names a loader, and nothing else. */
const programWith = (loader: string): Buffer => {
  const program = Buffer.alloc(64 + 56 + loader.length + 1);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]).copy(program);
  program.writeBigUInt64LE(64n, 32);
  program.writeUInt16LE(56, 54);
  program.writeUInt16LE(1, 56);
  program.writeUInt32LE(3, 64);
  program.writeBigUInt64LE(120n, 72);
  program.writeBigUInt64LE(BigInt(loader.length + 1), 96);
  program.write(loader, 120);
  return program;
};

test('a base image whose programs cannot start here is not used, and said so', async () => {
  bench = await BuildBench.open();
  const base = `${bench.registry.host}/rack/app:web.B1`;
  bench.write({
    'bin/busybox': programWith('/lib/ld-nowhere.so.1'),
    'bin/other': programWith('/bin/sh'),
  });
  symlinkSync('/bin/busybox', join(bench.context, 'bin', 'sh'));
  await bench.build('FROM scratch\nCOPY bin /bin\nENV BASE=1\n');

  const strange = await bench.build(`FROM ${base}\nENV A=1\n`);
  const withStrange = await bench.pushed();
  await bench.build('FROM scratch\nCOPY bin/other /bin/sh\nENV BASE=1\n');
  const fitting = await bench.build(`FROM ${base}\nENV A=1\n`);
  const withFitting = await bench.pushed();

  expect(strange.output).toContain(
    `base image ${base} cannot run on this machine (its programs need /lib/ld-nowhere.so.1, which this machine lacks): using this machine's own runtime`
  );
  expect(withStrange.files).toEqual({});
  expect(withStrange.config.Env).not.toContain('BASE=1');
  expect(fitting.output).not.toContain("this machine's own runtime");
  expect(Object.keys(withFitting.files)).toEqual(['bin/', 'bin/sh']);
  expect(withFitting.config.Env).toContain('BASE=1');
});

test('a machine that is not Linux pulls nothing that it could not run', async () => {
  bench = await BuildBench.open();
  bench.platform = 'darwin';

  const { code, output } = await bench.build(`FROM ${bench.registry.host}/lib/x:1\nENV A=1\n`);

  expect(code).toBe(0);
  expect(output).toContain(
    'cannot run on this machine (its programs are for Linux, not for darwin)'
  );
  expect(bench.registry.requests.filter((line) => line.includes('/lib/x/'))).toEqual([]);
});
