import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { rackless } from '../../e2e/rack.ts';
import { type ConformanceBed, startConformanceBed } from '../conformance/conformance-bed.ts';
import { BuiltApp } from './built-app.ts';
import { BuiltShop } from './built-shop.ts';

jest.setTimeout(300_000);

/** A cluster of somebody's own does not reach the emulator's registry. */
const describeOnBed = process.env['CLUSTER_ADDRESS'] ? describe : describe.skip;

describeOnBed('a build that leaves one app for another', () => {
  const source = new BuiltShop();
  const folder = mkdtempSync(join(tmpdir(), 'rackless-exported-'));
  const file = join(folder, 'build.tgz');
  let bed: ConformanceBed;
  let from: BuiltApp;
  let to: BuiltApp;

  beforeAll(async () => {
    bed = await startConformanceBed();
    from = await BuiltApp.begin('from');
    to = await BuiltApp.begin('to');
  });

  afterAll(async () => {
    source.remove();
    rmSync(folder, { recursive: true, force: true });
    await from?.end();
    await to?.end();
    await bed?.close();
  });

  test('is what BuildKit has built, runs in the other app, and says where it comes from', async () => {
    const line = `build ${source.path} -a ${from.name} --build-args GREETING=from-afar`;
    const built = await rackless(line, { seconds: 200 });
    expect([built.code, built.stderr]).toEqual([0, '']);
    const original = await from.lastBuild();

    const exported = await rackless(`builds export ${original.id} -f ${file} -a ${from.name}`);
    const imported = await rackless(`builds import -f ${file} --id -a ${to.name}`);
    const promoted = await rackless(`releases promote ${imported.stdout} -a ${to.name}`, {
      seconds: 150,
    });

    expect([exported.code, imported.code, promoted.code]).toEqual([0, 0, 0]);
    expect(await to.answers(bed)).toEqual(['from-afar']);
    expect(await to.lastBuild()).toMatchObject({
      manifest: original.manifest,
      origin: { app: from.name, build: original.id },
      provenance: { builder: original.provenance?.builder, claimed: true },
    });
    expect(await to.statusOfGrants()).toEqual(['revoked']);
    const { stdout } = await rackless(`builds info ${(await to.lastBuild()).id} -a ${to.name}`);
    expect(stdout).toMatch(new RegExp(`^Imported +build ${original.id} of app ${from.name} `, 'm'));
  });
});
