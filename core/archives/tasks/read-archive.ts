import type { Apps } from '../../apps/ports.ts';
import { requireApp } from '../../apps/require-app.ts';
import type { Build } from '../../builds/build.ts';
import { type BuildPlan, planKey } from '../../builds/build-plan.ts';
import { BuildStory, type StoryDependencies } from '../../builds/build-story.ts';
import type { Builds } from '../../builds/ports.ts';
import { parseEnvironment } from '../../environments/environment.ts';
import { InvalidRequestError } from '../../errors.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { parseManifest } from '../../manifests/parse-manifest.ts';
import type { Releases } from '../../releases/ports.ts';
import { archiveKeyOf } from '../archive-key.ts';
import { planArchive, writeArchivePlan } from '../archive-plan.ts';
import type { BuildRecord } from '../build-record.ts';
import { type ArchiveContents, inspectArchive } from '../inspect-archive.ts';
import type { Archives } from '../ports.ts';

export interface ReadArchiveDependencies extends StoryDependencies {
  readonly apps: Pick<Apps, 'find'>;
  readonly builds: Pick<Builds, 'change'>;
  readonly releases: Pick<Releases, 'latest'>;
  readonly archives: Pick<Archives, 'read'>;
}

/** Reads and checks the whole archive of an import, before anything of it goes anywhere. */
export const readArchive = async (deps: ReadArchiveDependencies, build: Build): Promise<void> => {
  const { app, id, source } = build;
  const key = archiveKeyOf(app, source) ?? '';
  const contents = await inspectArchive(deps.archives.read(app, key));
  await deps.builds.change(app, id, knownIn(contents.record));
  const named = await servicesWithoutImage(deps, build, contents);
  const plan: BuildPlan = { v: 1, jobs: [], images: named };
  await deps.documents.write(planKey(app, id), plan);
  await writeArchivePlan(deps.documents, build, planArchive(contents));
  await tell(deps, build, contents);
};

const knownIn = ({ id: build, app, rack, ...record }: BuildRecord) => {
  const { description, gitSha, gitDirty, manifest, provenance } = record;
  return {
    origin: { rack, app, build },
    description,
    gitSha,
    manifest,
    ...(gitDirty !== undefined && { gitDirty }),
    ...(provenance && { provenance }),
  };
};

/** A service of the manifest that an archive says nothing of: its image is the one that the manifest names. */
const servicesWithoutImage = async (
  deps: ReadArchiveDependencies,
  { app }: Build,
  { record, services }: ArchiveContents
): Promise<BuildPlan['images']> => {
  const { policy } = await requireApp(deps.apps, app);
  const latest = await deps.releases.latest(app);
  const env = parseEnvironment(latest?.env ?? '');
  const manifest = parseManifest(record.manifest, { env, policy });
  refuseStrangers(manifest, services);
  return manifest.services
    .filter(({ name }) => !services.some((it) => it.name === name))
    .map(({ name, source }) => {
      if (source.kind === 'image') return { service: name, image: source.image };
      throw new InvalidRequestError(`the archive has no image for service ${name}`);
    });
};

const refuseStrangers = ({ services }: Manifest, recorded: ArchiveContents['services']): void => {
  const strange = recorded.find(({ name }) => !services.some((it) => it.name === name));
  if (!strange) return;
  throw new InvalidRequestError(
    `the archive has an image for ${strange.name}, which its manifest has not as a service`
  );
};

const tell = async (
  deps: ReadArchiveDependencies,
  build: Build,
  { record, services, images }: ArchiveContents
): Promise<void> => {
  const story = await BuildStory.open(deps, build);
  const bytes = images.blobs.reduce((sum, it) => sum + it.size, 0);
  await story.say(
    'import',
    `Importing: build ${record.id} of app ${record.app}, ${images.blobs.length} blobs with ${bytes} bytes`,
    ...services.map((it) => `Image of ${it.name}: ${'digest' in it ? it.digest : it.image}`)
  );
};
