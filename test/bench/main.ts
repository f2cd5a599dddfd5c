import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { namespaceOf } from '#core/apps/app.ts';
import { stage } from '#infra/local/aws/stack.ts';
import { functionBundles } from './cases/functions.ts';
import { promotions } from './cases/promotions.ts';
import { startTime } from './cases/start-time.ts';
import { unchangedSource } from './cases/unchanged-source.ts';
import { mustRun } from './observe/client.ts';

const app = 'bench';

/** Of examples/hello the web service alone: the stable time of a worker would hide what is measured. */
const manifest = `environment:
  - FAIL=
services:
  web:
    build: .
    port: 3000
    health: /health
    scale:
      count: 2
`;

const local = (home: string, ...args: string[]) =>
  spawnSync(process.execPath, ['infra/local/main.ts', ...args], {
    env: { ...process.env, RACKLESS_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });

/** A rack of its own, taken down again whatever happens. */
const onLocalPlane = async (folder: string): Promise<void> => {
  const home = join(folder, 'plane');
  const source = join(folder, 'hello');
  cpSync('examples/hello', source, { recursive: true });
  writeFileSync(join(source, 'convox.yml'), manifest);
  try {
    const up = local(home, 'up', '--json');
    if (up.status !== 0) throw new Error('the local plane did not come up');
    const { rackUrl, kubeconfig } = JSON.parse(up.stdout) as Record<string, string>;
    const target = { rackUrl: rackUrl ?? '', app, namespace: namespaceOf(stage, app) };
    await mustRun(target.rackUrl, ['apps', 'create', app]);
    await unchangedSource(target.rackUrl, { app, source });
    await promotions({ ...target, kubeconfig: readFileSync(kubeconfig ?? '', 'utf8') });
  } finally {
    local(home, 'down', '--clean');
  }
};

/** All cases, or those that are named: start-time, functions, plane. */
const asked = process.argv.slice(2);
const isAsked = (name: string): boolean => asked.length === 0 || asked.includes(name);
const folder = mkdtempSync(join(tmpdir(), 'rackless-bench-'));
try {
  if (isAsked('start-time')) startTime();
  if (isAsked('functions')) await functionBundles();
  if (isAsked('plane')) await onLocalPlane(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
