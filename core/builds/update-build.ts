import type { Apps } from '../apps/ports.ts';
import { requireOpenApp } from '../apps/require-open-app.ts';
import { ConflictError, InvalidRequestError, NotFoundError } from '../errors.ts';
import type { GrantPushDependencies } from '../grants/grant-push.ts';
import { revokeGrants } from '../grants/revoke-grants.ts';
import type { Policy } from '../manifests/policy.ts';
import { keyOf } from '../objects/object-key.ts';
import type { Releases } from '../releases/ports.ts';
import { actorName, type Token } from '../tokens/token.ts';
import { type Build, type BuildStatus, isFinishedBuild } from './build.ts';
import { grantedUrl } from './create-build.ts';
import { findBuild } from './find-build.ts';
import type { Builds } from './ports.ts';
import type { Provenance } from './provenance.ts';
import { type PushedImagesDependencies, pushedImages } from './pushed-images.ts';
import { showBuild } from './show-build.ts';

interface Dependencies extends GrantPushDependencies, PushedImagesDependencies {
  readonly apps: Apps;
  readonly builds: Builds;
  readonly releases: Pick<Releases, 'list'>;
  readonly registry: GrantPushDependencies['registry'];
}

interface UpdateBuild {
  readonly app: string;
  readonly id: string;
  readonly ended?: string | undefined;
  readonly entrypoint?: string | undefined;
  readonly images?: Readonly<Record<string, string>> | undefined;
  readonly logs?: string | undefined;
  readonly manifest?: string | undefined;
  readonly provenance?: Provenance | undefined;
  readonly 'no-grant'?: boolean;
  readonly reason?: string | undefined;
  readonly release?: string | undefined;
  readonly started?: string | undefined;
  readonly status?: BuildStatus | undefined;
}

/**
 * What a builder outside the cluster reports; fields that are not given stay. Its `ended` is checked
 * against the registry, and takes its credentials back.
 */
export const updateBuild =
  (deps: Dependencies) =>
  async ({ app, id, 'no-grant': noGrant, ...report }: UpdateBuild, caller: Token | undefined) => {
    const { policy } = await requireOpenApp(deps.apps, app);
    const before = await findExternal(deps, app, id);
    if (before.imported) return showBuild(await nameRelease(deps, before, report.release));
    refuseStrangeLogs(app, report.logs);
    await refuseStrangeRelease(deps, before, report.release);
    const build = await reported(deps, before, { report, policy });
    if (report.ended || isFinishedBuild(build)) {
      await revokeGrants(deps, app, (it) => it.build === id);
      return showBuild(build);
    }
    // Convox's client takes the address to push to from this answer.
    const isAboutToPush = report.manifest !== undefined && !noGrant;
    return showBuild(build, isAboutToPush ? await grantedUrl(deps, build, actorName(caller)) : '');
  };

const findExternal = async ({ builds }: Dependencies, app: string, id: string): Promise<Build> => {
  const build = await findBuild(builds, app, id);
  if (build.external || (build.imported && build.status === 'complete')) return build;
  throw new ConflictError(`build ${id} runs in the cluster, which reports on it itself`);
};

/** All that is left to report of an import is the release that its client has made of it. */
const nameRelease = async (
  deps: Dependencies,
  build: Build,
  release: string | undefined
): Promise<Build> => {
  if (!release) throw new ConflictError(`build ${build.id} is complete already`);
  await refuseStrangeRelease(deps, build, release);
  if (build.release && build.release !== release) {
    throw new ConflictError(`build ${build.id} has made release ${build.release} already`);
  }
  return deps.builds.nameRelease(build.app, build.id, release);
};

interface Report {
  readonly report: Omit<UpdateBuild, 'app' | 'id'>;
  readonly policy: Policy;
}

const reported = async (deps: Dependencies, build: Build, given: Report): Promise<Build> => {
  const { images: claimed = {}, ...fields } = given.report;
  const change: Partial<Build> = Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined)
  );
  const after = { ...build, ...change };
  const isPushed = fields.ended && after.status !== 'failed';
  const images = isPushed
    ? await pushedImages(deps, { build: after, policy: given.policy, claimed })
    : undefined;
  if (after.status === 'complete' && !images && build.images.length === 0) {
    throw new ConflictError(`build ${build.id} is not complete: its images were not checked`, {
      hint: 'report its end first, with the field ended',
    });
  }
  if (Object.keys(change).length === 0) return build;
  return deps.builds.change(build.app, build.id, { ...change, ...(images && { images }) });
};

const refuseStrangeLogs = (app: string, logs: string | undefined): void => {
  if (!logs || keyOf(app, logs)) return;
  throw new InvalidRequestError(`logs: not an object of app ${app}: ${logs}`);
};

/** A release of this build has just been made. */
const recent = 50;

/** The client promotes what a build names as its release. */
const refuseStrangeRelease = async (
  { releases }: Dependencies,
  { app, id }: Build,
  release: string | undefined
): Promise<void> => {
  if (!release) return;
  const found = (await releases.list(app, recent)).find((it) => it.id === release);
  if (!found) throw new NotFoundError(`release not found: ${release}`);
  if (found.build === id) return;
  throw new InvalidRequestError(`release ${release} is not of build ${id}`);
};
