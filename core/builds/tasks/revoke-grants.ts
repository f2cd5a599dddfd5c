import {
  type RevokeGrantsDependencies,
  revokeGrants as revoke,
} from '../../grants/revoke-grants.ts';
import type { BuildRun } from './build-task.ts';

/** The end of a build is the end of its credentials, however it went. */
export const revokeGrants =
  (deps: RevokeGrantsDependencies) =>
  async (run: BuildRun): Promise<BuildRun> => {
    await revoke(deps, run.app, (it) => it.build === run.build);
    return run;
  };
