import { parseEnvironment } from '../../environments/environment.ts';
import { NotFoundError } from '../../errors.ts';
import { parseManifest } from '../../manifests/parse-manifest.ts';
import { render } from '../../rendering/render.ts';
import type { RenderedRelease } from '../../rendering/rendered-release.ts';
import type { EngineDependencies } from './run.ts';

/**
 * The objects of a release with the values of its Secrets. Rendered anew by each task that writes,
 * because values are kept nowhere but encrypted in the release.
 * @throws DomainError of kind invalid when the release can't become objects.
 */
export const renderRelease = async (
  deps: EngineDependencies,
  target: { readonly app: string; readonly release: string },
  previous: RenderedRelease | undefined
): Promise<RenderedRelease> => {
  const [app, release] = await Promise.all([
    deps.apps.find(target.app),
    deps.releases.find(target.app, target.release),
  ]);
  if (!app) throw new NotFoundError(`app not found: ${target.app}`);
  if (!release) throw new NotFoundError(`release not found: ${target.release}`);
  const [build, key] = await Promise.all([
    deps.builds.find(target.app, release.build),
    deps.dataKeys.open(app),
  ]);
  const env = parseEnvironment(release.env);
  return render({
    rack: deps.rack,
    app: target.app,
    policy: app.policy,
    manifest: parseManifest(release.manifest, { env, policy: app.policy }),
    env,
    images: Object.fromEntries((build?.images ?? []).map((it) => [it.service, it.image])),
    identity: {
      release: release.id,
      build: release.build,
      buildDescription: build?.description ?? '',
      gitSha: build?.gitSha ?? '',
    },
    key,
    previous,
  });
};
