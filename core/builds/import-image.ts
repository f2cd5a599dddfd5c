import type { Apps } from '../apps/ports.ts';
import { requireOpenApp } from '../apps/require-open-app.ts';
import { type Clock, timestamp } from '../clock.ts';
import { ConflictError, InvalidRequestError } from '../errors.ts';
import type { Cluster } from '../kubernetes/ports.ts';
import { parseManifest } from '../manifests/parse-manifest.ts';
import type { Policy } from '../manifests/policy.ts';
import { imageNameForm, isImageName } from '../registries/image-name.ts';
import { type RegistryLogin, serverOfImage } from '../registries/registry-login.ts';
import { actorName, type Token } from '../tokens/token.ts';
import type { Build } from './build.ts';
import { createOnce, ensureBuildNamespace } from './build-objects.ts';
import { findBuild } from './find-build.ts';
import { cleanUp } from './finish-build.ts';
import { importedServices } from './plan-import.ts';
import type { BuildRuns, Builds } from './ports.ts';
import { sourceSecret } from './source-login.ts';

interface Dependencies {
  readonly rack: string;
  readonly apps: Pick<Apps, 'find'>;
  readonly builds: Builds;
  readonly buildRuns: Pick<BuildRuns, 'start'>;
  readonly cluster: Cluster;
  readonly clock: Clock;
}

interface ImportImage {
  readonly app: string;
  readonly id: string;
  readonly image: string;
  readonly 'src-creds-user': string;
  readonly 'src-creds-pass': string;
}

/**
 * Turns an external build, of which there is but a manifest, into one that copies an image in the
 * cluster. The login is in a Secret of the build before anything runs, and in no record.
 */
export const importImage =
  (deps: Dependencies) => async (request: ImportImage, caller: Token | undefined) => {
    const { app, id } = request;
    const { policy } = await requireOpenApp(deps.apps, app);
    const login = loginIn(request);
    const build = await findBuild(deps.builds, app, id);
    refuseBegun(build);
    refuseUseless(build, policy);
    await begin(deps, request, actorName(caller));
    await startOrFail(deps, build, login);
    return 'ok' as const;
  };

const loginIn = (request: ImportImage): RegistryLogin | undefined => {
  const { image, 'src-creds-user': username, 'src-creds-pass': password } = request;
  if (!isImageName(image)) {
    throw new InvalidRequestError(`image: not the name of an image: ${withoutLogin(image)}`, {
      hint: imageNameForm,
    });
  }
  if (!(username || password)) return undefined;
  if (username && password) return { server: serverOfImage(image), username, password };
  throw new InvalidRequestError(`src-creds-${username ? 'pass' : 'user'} is missing`, {
    hint: 'a login has both, or leave both out',
  });
};

/** Somebody may have written it as an address, with a login. */
const withoutLogin = (image: string): string => image.replace(/[^/@]*:[^/@]*@(?!sha256:)/, '****@');

/** The words for two at once are Convox's. */
const refuseBegun = ({ id, status, external, reason }: Build): void => {
  if (status === 'created' && external) return;
  if (status === 'running') {
    throw new ConflictError(
      `build ${id} is already importing; wait for completion before retrying`
    );
  }
  if (status === 'created') throw new ConflictError(`build ${id} is one of a source`, newOne);
  const end = status === 'failed' ? `has failed${reason && `: ${reason}`}` : 'is complete already';
  throw new ConflictError(`build ${id} ${end}`, newOne);
};

const newOne = { hint: 'import the image into a new build' };

const refuseUseless = ({ id, manifest }: Build, policy: Policy): void => {
  if (!manifest.trim()) {
    throw new InvalidRequestError(`build ${id} has no manifest`, {
      hint: 'report it first, in the field manifest',
    });
  }
  const { services } = parseManifest(manifest, { policy });
  if (importedServices(services).length > 0) return;
  const names = services.map(({ name }) => name).join(', ');
  throw new InvalidRequestError(`no service takes the image: each has one of its own (${names})`, {
    hint: 'take the key image away from a service of the manifest',
  });
};

const begin = async (
  { builds, clock }: Dependencies,
  { app, id, image }: ImportImage,
  actor: string
): Promise<void> => {
  try {
    await builds.beginImport(app, id, { imported: image, started: timestamp(clock), actor });
  } catch (error) {
    if (error instanceof ConflictError) refuseBegun(await findBuild(builds, app, id));
    throw error;
  }
};

/** An import that could not be started must not stay `running` for ever, nor leave its login behind. */
const startOrFail = async (
  deps: Dependencies,
  { app, id }: Build,
  login: RegistryLogin | undefined
): Promise<void> => {
  const { rack, cluster, builds, buildRuns, clock } = deps;
  try {
    if (login) {
      await ensureBuildNamespace(cluster, rack);
      await createOnce(cluster, sourceSecret({ rack, app, id }, login));
    }
    await buildRuns.start({ app, id });
  } catch (error) {
    const reason = 'the import could not be started';
    await builds.change(app, id, { status: 'failed', reason, ended: timestamp(clock) });
    if (login) await cleanUp(deps, { app, id }, { jobs: false });
    throw error;
  }
};
