import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ConformanceBed, startConformanceBed } from './conformance-bed.ts';
import { aDeployment } from './objects.ts';

const limit = 120_000;
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'rackless-kubectl-'));
let bed: ConformanceBed;
let namespace: string;

const isInstalled = (): boolean => {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const withKubectl = isInstalled() ? test : test.skip;
if (withKubectl === test.skip) {
  console.log('kubectl is not on the PATH: its tests are left out');
}

beforeAll(async () => {
  bed = await startConformanceBed();
  namespace = await bed.namespace();
  writeFileSync(join(folder, 'kubeconfig'), bed.config.exportConfig());
}, limit);

afterAll(async () => {
  await bed.close();
  rmSync(folder, { recursive: true, force: true });
}, limit);

const kubectl = async (...args: readonly string[]): Promise<string> => {
  const { stdout } = await run('kubectl', ['-n', namespace, ...args], {
    env: { ...process.env, KUBECONFIG: join(folder, 'kubeconfig') },
  });
  return stdout;
};

withKubectl(
  'applies, follows, lists, reads the log of and deletes a Deployment',
  async () => {
    const file = join(folder, 'web.json');
    const script = 'echo ready; sleep 3600 & wait';
    writeFileSync(
      file,
      JSON.stringify(aDeployment('web', { image: bed.image, replicas: 1, script }))
    );

    const applied = await kubectl('apply', '--server-side', '-f', file);
    const followed = await kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
    const listed = await kubectl('get', 'deployment', 'web');
    const log = await kubectl('logs', 'deployment/web');
    const deleted = await kubectl('delete', '-f', file);

    expect(applied).toBe('deployment.apps/web serverside-applied\n');
    expect(followed).toContain('deployment "web" successfully rolled out');
    expect(listed).toMatch(/NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +1\/1 +1 +1 /);
    expect(log).toBe('ready\n');
    expect(deleted).toBe('deployment.apps "web" deleted\n');
  },
  limit
);
