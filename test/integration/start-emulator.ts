import process from 'node:process';
import { type Emulator, startEmulator } from './emulator.ts';

declare global {
  // `var` is how TypeScript declares what stands on globalThis.
  var racklessEmulator: Emulator | undefined;
}

/** Jest's global setup: one emulator for all integration tests of a run. */
const setup = async (): Promise<void> => {
  globalThis.racklessEmulator = await startEmulator();
  process.env['RACKLESS_TEST_EMULATOR_PORT'] = `${globalThis.racklessEmulator.port}`;
};

// biome-ignore lint/style/noDefaultExport: Jest takes the default export.
export default setup;
