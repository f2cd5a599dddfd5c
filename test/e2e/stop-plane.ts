import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

/** Leaves no process and no folder behind. */
const stopPlane = (): void => {
  const home = process.env['E2E_STARTED'];
  if (!home) return;
  spawnSync(process.execPath, ['infra/local/main.ts', 'down', '--clean'], { stdio: 'inherit' });
  rmSync(home, { recursive: true, force: true });
};

// biome-ignore lint/style/noDefaultExport: Jest takes the default export.
export default stopPlane;
