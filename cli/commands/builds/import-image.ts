import { createBuild, importImage as relay, updateBuild } from '#contracts/builds.ts';
import { createRelease } from '#contracts/releases.ts';
import { imageNameForm, isImageName } from '#core/registries/image-name.ts';
import { buildFailure } from '../../build/build-failure.ts';
import { followBuild } from '../../build/follow-build.ts';
import { readSourceLogin, type SourceLogin } from '../../build/source-login.ts';
import type { Action } from '../../command.ts';
import type { Context } from '../../context.ts';
import { UsageError } from '../../errors.ts';
import { readManifest } from '../../source/find-source.ts';

/** In Convox's steps, and in its words. */
export const importImage: Action = async (context, { args: [image = ''], options }) => {
  const { call, out, app, host } = context;
  if (!isImageName(image)) throw notAnImage(image);
  const login = await readSourceLogin(host, options);
  const manifest = readManifest(host.cwd, options.manifest ?? 'convox.yml');
  const build = await begin(context, { image, manifest, login });
  await complete(context, build);
  out.step('Creating release');
  const { id: release } = await call(createRelease, { app: app(), build });
  out.done(release);
  out.result({ build, release }, `Build:   ${build}\nRelease: ${release}`);
  out.id(release);
};

const notAnImage = (image: string): UsageError =>
  new UsageError(`not the name of an image: ${image}`, {
    hint: imageNameForm,
  });

interface Import {
  readonly image: string;
  readonly manifest: string;
  readonly login: SourceLogin | undefined;
}

const begin = async (context: Context, { image, manifest, login }: Import): Promise<string> => {
  const { call, out } = context;
  const app = context.app();
  out.step('Creating build');
  const description = `image ${image}`;
  const { id } = await call(createBuild, { app, external: true, 'no-grant': true, description });
  await call(updateBuild, { app, id, manifest, 'no-grant': true });
  out.done(id);
  out.record({ type: 'build', build: id });
  out.step(`Relaying image ${image}`);
  try {
    await call(relay, { app, id, image, ...login });
  } catch (error) {
    await giveUp(context, id, error);
    throw error;
  }
  out.done();
  return id;
};

/** What was refused must not stand as begun. The refusal itself matters more. */
const giveUp = async (
  { callAnyway, app: appOf, host }: Context,
  id: string,
  error: unknown
): Promise<void> => {
  const reason = error instanceof Error ? error.message : String(error);
  const ended = host.clock.now().toISOString();
  try {
    await callAnyway(updateBuild, { app: appOf(), id, status: 'failed', reason, ended });
  } catch {
    // The rack has ended it, or will.
  }
};

const complete = async (context: Context, id: string): Promise<void> => {
  const { out, app } = context;
  out.step('Waiting for import to complete');
  const build = await followBuild(context, {
    id,
    onEvent: (event) => out.record({ type: 'event', ...event }),
    hint: `when it is complete, promote it with: rackless deploy --build ${id} -a ${app()}`,
  });
  if (build.status !== 'complete') throw buildFailure(build, app(), ofImport);
  out.done();
};

const ofImport = { code: 'ImportFailed', detail: 'import failed' };
