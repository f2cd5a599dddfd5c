import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { functionBundles } from './cases/functions.ts';
import { promotions } from './cases/promotions.ts';
import { startTime } from './cases/start-time.ts';

const plane = (home: string, ...args: string[]) =>
  spawnSync(process.execPath, ['infra/local/main.ts', ...args], {
    env: { ...process.env, RACKLESS_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });

startTime();
await functionBundles();
const home = mkdtempSync(join(tmpdir(), 'rackless-bench-'));
try {
  const up = plane(home, 'up', '--json');
  const { rackUrl, kubeconfig } = JSON.parse(up.stdout) as Record<string, string>;
  process.env['RACK_URL'] = rackUrl;
  await promotions(readFileSync(kubeconfig ?? '', 'utf8'));
} finally {
  plane(home, 'down', '--clean');
  rmSync(home, { recursive: true, force: true });
}
