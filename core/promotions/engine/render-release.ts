import { type Environment, parseEnvironment } from '../../environments/environment.ts';
import { InvalidRequestError, NotFoundError } from '../../errors.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { parseManifest } from '../../manifests/parse-manifest.ts';
import type { RegistryLogin } from '../../registries/registry-login.ts';
import type { Release } from '../../releases/release.ts';
import { imagesIn, isPullSecret, serversOf } from '../../rendering/pull-secret.ts';
import { render } from '../../rendering/render.ts';
import type { RenderedRelease } from '../../rendering/rendered-release.ts';
import { withValues } from '../../rendering/secret-values.ts';
import type { EngineDependencies } from './run.ts';

interface Target {
  readonly app: string;
  readonly release: string;
  /** In place of what the manifest says of all services. */
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
}

/**
 * The objects of a release with the values of its Secrets.
 * @throws DomainError of kind invalid when the release can't become objects.
 */
export const renderRelease = async (
  deps: EngineDependencies,
  target: Target,
  previous: RenderedRelease | undefined
): Promise<RenderedRelease> => {
  const [app, release] = await Promise.all([deps.apps.find(target.app), findRelease(deps, target)]);
  if (!app) throw new NotFoundError(`app not found: ${target.app}`);
  const [build, key] = await Promise.all([
    deps.builds.find(target.app, release.build),
    deps.dataKeys.open(app),
  ]);
  const env = parseEnvironment(release.env);
  const images = build?.images ?? [];
  return render({
    rack: deps.rack,
    app: target.app,
    policy: app.policy,
    manifest: withPercents(parseManifest(release.manifest, { env, policy: app.policy }), target),
    env,
    images: Object.fromEntries(images.map((it) => [it.service, it.image])),
    logins: await loginsFor(
      deps,
      images.map((it) => it.image)
    ),
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

const withPercents = (manifest: Manifest, { minimum, maximum }: Target): Manifest => ({
  ...manifest,
  services: manifest.services.map((service) => {
    const { deployment } = service;
    const percents = {
      minimum: minimum ?? deployment.minimum,
      maximum: maximum ?? deployment.maximum,
    };
    // Kubernetes refuses an update that may neither stop nor start a process.
    if (percents.minimum === 100 && percents.maximum === 100) {
      throw new InvalidRequestError(
        `service ${service.name} deployment minimum and maximum can not both be 100`
      );
    }
    return { ...service, deployment: { ...deployment, ...percents } };
  }),
});

/**
 * A release as it was rendered once, with the values of its Secrets: those are kept nowhere but
 * encrypted in the release.
 */
export const renderedWithValues = async (
  deps: EngineDependencies,
  app: string,
  rendered: RenderedRelease
): Promise<RenderedRelease> => {
  const release = await findRelease(deps, { app, release: rendered.release });
  const env: Environment = parseEnvironment(release.env);
  // What a stricter policy refuses by now was taken then.
  const manifest = parseManifest(release.manifest, { env, policy: 'privileged' });
  const logins = rendered.objects.some(isPullSecret)
    ? await loginsFor(deps, imagesIn(rendered.objects))
    : [];
  return withValues(rendered, { rack: deps.rack, app, manifest, env, logins });
};

/** Most apps need none: passwords are decrypted only for one that does. */
const loginsFor = async (
  { registries }: EngineDependencies,
  images: readonly string[]
): Promise<readonly RegistryLogin[]> => {
  const servers = serversOf(images);
  const isNeeded = ({ server }: { readonly server: string }) => servers.has(server);
  if (!(await registries.list()).some(isNeeded)) return [];
  return (await registries.logins()).filter(isNeeded);
};

const findRelease = async (
  { releases }: EngineDependencies,
  { app, release: id }: Target
): Promise<Release> => {
  const release = await releases.find(app, id);
  if (!release) throw new NotFoundError(`release not found: ${id}`);
  return release;
};
