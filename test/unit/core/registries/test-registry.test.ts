import { expect, test } from '@jest/globals';
import { testRegistry } from '#core/registries/test-registry.ts';
import { apiBed } from '#test/fakes/api-bed.ts';

const github = { server: 'ghcr.io', username: 'ada', password: 'secret' };

const bedWithGithub = async () => {
  const bed = apiBed();
  await bed.registries.put({ ...github, created: '', actor: 'ann' }, github.password);
  return bed;
};

test("tries the rack's own registry by a credential for a repository that no app has", async () => {
  const bed = apiBed();

  const report = await testRegistry(bed)({ server: '', repository: '' });

  expect(report).toMatchObject({
    server: 'registry.example.com',
    repository: 'registry.example.com/atom/rackless-check',
    ok: true,
  });
  expect(report.findings.map((it) => [it.step, it.ok])).toEqual([
    ['credential', true],
    ['reach', true],
  ]);
  expect(bed.probe.tried).toMatchObject([
    { server: 'registry.example.com', path: 'atom/rackless-check', password: 's3cr/t=1' },
  ]);
  expect(bed.registry.minted).toMatchObject([{ app: 'rackless-check', withCache: false }]);
});

test('takes its credential back, whatever came of the try', async () => {
  const bed = apiBed();
  bed.probe.findings = [{ step: 'reach', trouble: 'dns', detail: 'no such name' }];

  const report = await testRegistry(bed)({ server: '', repository: '' });

  expect(report.ok).toBe(false);
  expect(report.findings.at(-1)).toEqual({
    step: 'reach',
    ok: false,
    detail: 'no such name',
    hint: expect.stringContaining("can't resolve the name"),
  });
  expect(bed.registry.revoked.get('rackless-check')).toEqual([bed.registry.minted[0]?.session]);
});

test('says why there is no credential', async () => {
  const bed = apiBed();
  bed.registry.isBroken = true;

  const report = await testRegistry(bed)({ server: '', repository: '' });

  expect(report).toMatchObject({ ok: false, findings: [{ step: 'credential', ok: false }] });
  expect(report.findings[0]?.detail).toContain('the registry does not answer');
  expect(bed.probe.tried).toEqual([]);
});

test('tries the login of a registry that was added, and pushes where it is told to', async () => {
  const bed = await bedWithGithub();

  const login = await testRegistry(bed)({ server: 'ghcr.io', repository: '' });
  const push = await testRegistry(bed)({ server: 'ghcr.io', repository: 'acme/shop' });

  expect(bed.probe.tried).toEqual([
    { ...github, path: '' },
    { ...github, path: 'acme/shop' },
  ]);
  expect([login.repository, push.repository]).toEqual(['', 'ghcr.io/acme/shop']);
  expect(bed.registry.minted).toEqual([]);
});

test('knows only registries that were added', async () => {
  await expect(testRegistry(apiBed())({ server: 'ghcr.io', repository: '' })).rejects.toThrow(
    'no such registry: ghcr.io'
  );
});

test('wants to know which registry has a repository', async () => {
  await expect(testRegistry(apiBed())({ server: '', repository: 'acme/shop' })).rejects.toThrow(
    'which registry'
  );
});
