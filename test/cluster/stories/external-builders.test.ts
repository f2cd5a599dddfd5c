import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { BuilderName } from '#cli/build/external/builder.ts';
import type { Build } from '#contracts/builds.ts';
import { query, rackless } from '../../e2e/rack.ts';
import { type ConformanceBed, startConformanceBed } from '../conformance/conformance-bed.ts';
import type { Engine } from '../docker/engine.ts';
import { engineObstacle, startEngine } from '../docker/start-engine.ts';
import { BuiltApp } from './built-app.ts';
import { BuiltShop } from './built-shop.ts';

jest.setTimeout(240_000);

const builders: readonly BuilderName[] = ['docker', 'podman', 'buildah'];

/** A cluster of somebody's own does not reach the emulator's registry. */
const isOnBed = Boolean(process.env['CLUSTER_ADDRESS']);

/** The rack's own registry, as the builders of this machine reach it. */
const registry = process.env['E2E_REGISTRY'] ?? '';

let bed: ConformanceBed;
beforeAll(async () => {
  bed = await startConformanceBed();
});
afterAll(() => bed.close());

describe.each(builders)('with %s on this machine', (name) => {
  const story = isOnBed && !engineObstacle(name) ? test : test.skip;
  let app: BuiltApp;
  let source: BuiltShop;
  let engine: Engine;
  beforeAll(async () => {
    if (story !== test) return;
    engine = await startEngine(name, [registry]);
    source = new BuiltShop();
    app = await BuiltApp.begin(`by-${name}`);
  });
  afterAll(async () => {
    await app?.end();
    source?.remove();
    await engine?.stop();
  });

  const external = (line: string, env: Readonly<Record<string, string>> = {}) =>
    rackless(`${line} --external --builder ${name} ${source.path} -a ${app.name}`, {
      seconds: 200,
      env: { ...engine.env, ...env },
    });

  const releases = () => query<readonly object[]>(`releases -a ${app.name}`);

  story(
    'builds once for both services, pushes straight to the registry, and they run',
    async () => {
      const { code, stdout, stderr } = await external(`deploy --build-args GREETING=${name}`);

      expect([code, stderr]).toEqual([0, '']);
      expect(stdout.match(/^Building: .*$/gm)).toEqual(['Building: . (web, worker)']);
      // A push may be tried again, with a grant of its own.
      expect(new Set(stdout.match(/^Running: \w+ push .*$/gm)).size).toBe(2);
      expect(await app.answers(bed)).toEqual([name]);
      expect(new Set(await app.statusOfGrants())).toEqual(new Set(['revoked']));
      const { id } = await app.lastBuild();
      expect(await query<Build>(`builds info ${id} -a ${app.name}`)).toMatchObject({
        status: 'complete',
        provenance: { builder: expect.stringMatching(`^${name} \\d`), claimed: true },
      });
      expect((await rackless(`builds info ${id} -a ${app.name}`)).stdout).toMatch(/^Said by /m);
    }
  );

  story('two builds at once are two builds', async () => {
    const all = await Promise.all([external('build'), external('build')]);

    expect(all.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    const [one, other] = await query<readonly Build[]>(`builds -a ${app.name} --limit 2`);
    expect([one?.status, other?.status]).toEqual(['complete', 'complete']);
    expect(one?.release).not.toBe(other?.release);
  });

  story('an image that somebody else pushed under the tag makes no release', async () => {
    const before = await releases();
    const shim = pushingStrangers(name);

    const { code, stderr } = await external('build', { PATH: `${shim}:${process.env['PATH']}` });

    rmSync(shim, { recursive: true });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/was pushed, but the registry reports/),
    ]);
    expect(await app.lastBuild()).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('the registry reports'),
    });
    expect(await releases()).toEqual(before);
    expect(new Set(await app.statusOfGrants())).toEqual(new Set(['revoked']));
  });

  story('a Dockerfile that fails is recorded with its log', async () => {
    source.break();

    const { code, stderr } = await external('build');

    const { id, status, reason } = await app.lastBuild();
    expect([code, stderr]).toEqual([1, expect.stringMatching(/ERROR: build failed\n$/)]);
    expect([status, reason]).toEqual(['failed', expect.stringContaining('exit code')]);
    expect((await rackless(`builds logs ${id} -a ${app.name}`)).stdout).toContain('no luck');
  });
});

/** A folder with a program of that name, which is the real one but for its pushes. */
const pushingStrangers = (name: BuilderName): string => {
  const folder = mkdtempSync(join(tmpdir(), 'rackless-shim-'));
  const told = `sha256:${'a'.repeat(64)}`;
  const script = `#!/bin/sh
case " $* " in
  *" push "*)
    for target; do :; done
    skopeo copy -q --insecure-policy --src-tls-verify=false --dest-tls-verify=false \\
      "docker://${process.env['CONFORMANCE_IMAGE']}" "docker://$target" || exit 1
    while [ $# -gt 0 ]; do [ "$1" = --digestfile ] && printf ${told} > "$2"; shift; done
    echo "it: digest: ${told} size: 1" ;;
  *) PATH=$(echo "$PATH" | sed 's,^[^:]*:,,') exec ${name} "$@" ;;
esac
`;
  const file = join(folder, name);
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  return folder;
};
