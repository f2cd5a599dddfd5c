import { type Build, isFinishedBuild } from '../../builds/build.ts';
import type { Builds } from '../../builds/ports.ts';
import { imageTag } from '../../builds/pushed-images.ts';
import { BuildFailure, buildTask } from '../../builds/tasks/build-task.ts';
import type { Documents } from '../../documents/ports.ts';
import { type GrantPushDependencies, grantPush } from '../../grants/grant-push.ts';
import { archiveKeyOf } from '../archive-key.ts';
import { type ArchivePlan, readArchivePlan } from '../archive-plan.ts';
import { checkedContent, wholeContent } from '../checked-content.ts';
import { digestAt } from '../inspect-archive.ts';
import type {
  ArchiveEntry,
  Archives,
  BlobId,
  ImageRepositories,
  ImageRepository,
} from '../ports.ts';

export interface ImportImagesDependencies extends GrantPushDependencies {
  readonly builds: Builds;
  readonly documents: Pick<Documents, 'read'>;
  readonly archives: Pick<Archives, 'read'>;
  readonly repositories: ImageRepositories;
}

/** As long as several attempts may take. */
const seconds = 3600;

/** Pushes the images of an archive to the app's repository, with a credential that stays in this function. */
export const importImages = (deps: ImportImagesDependencies) =>
  buildTask(deps, async (build) => {
    const { app, id, actor, source } = build;
    const plan = await readArchivePlan(deps.documents, build);
    const { credential } = await grantPush(deps, {
      app,
      build: id,
      actor,
      seconds,
      withCache: false,
    });
    const store = deps.repositories.open(credential.repository, credential);
    const entries = deps.archives.read(app, archiveKeyOf(app, source) ?? '');
    const manifests = await pushBlobs(store, plan, whileOpen(deps, build, entries));
    if (!manifests) return 'RecordFailure';
    await pushManifests(store, plan, { build: id, manifests });
    const pushed = plan.images.map(({ service, digest }) => ({
      service,
      image: `${credential.repository}@${digest}`,
    }));
    await deps.builds.change(app, id, { images: [...pushed, ...plan.elsewhere] });
    return 'MakeRelease';
  });

const lookEvery = 5000;

/** The entries, up to one after which the build has ended: cancelled, or gone with its app. */
async function* whileOpen(
  { builds, clock }: Pick<ImportImagesDependencies, 'builds' | 'clock'>,
  { app, id }: Build,
  entries: AsyncIterable<ArchiveEntry>
): AsyncGenerator<ArchiveEntry | undefined> {
  let looked = clock();
  for await (const entry of entries) {
    yield entry;
    if (clock() - looked < lookEvery) continue;
    looked = clock();
    const now = await builds.find(app, id);
    if (now && !isFinishedBuild(now)) continue;
    yield undefined;
    return;
  }
}

type Contents = ReadonlyMap<string, Uint8Array>;

/** Blobs that the registry has are passed over. Gives the manifests; undefined when the build has ended. */
const pushBlobs = async (
  store: ImageRepository,
  { blobs, manifests }: ArchivePlan,
  entries: AsyncIterable<ArchiveEntry | undefined>
): Promise<Contents | undefined> => {
  const missing = new Map(blobs.map((it) => [it.digest, it]));
  const wanted = new Map(manifests.map((it) => [it.digest, it]));
  const found = new Map<string, Uint8Array>();
  for await (const entry of entries) {
    if (!entry) return undefined;
    const digest = digestAt(entry.path) ?? '';
    const [blob, manifest] = [missing.get(digest), wanted.get(digest)];
    if (manifest) found.set(digest, await wholeContent(contentOf(entry, manifest)));
    else if (blob) await pushBlob(store, blob, entry);
    missing.delete(digest);
  }
  requireAll([...missing.keys(), ...[...wanted.keys()].filter((it) => !found.has(it))]);
  return found;
};

const requireAll = ([lost]: readonly string[]): void => {
  if (lost) throw new BuildFailure(`the archive has lost ${lost} while it was imported`);
};

const pushBlob = async (
  store: ImageRepository,
  blob: BlobId,
  entry: ArchiveEntry
): Promise<void> => {
  if (!(await store.hasBlob(blob.digest))) await store.putBlob(blob, contentOf(entry, blob));
};

const contentOf = ({ content }: ArchiveEntry, blob: BlobId): AsyncIterable<Uint8Array> =>
  checkedContent(content, blob, (why) => new BuildFailure(`blob ${blob.digest} ${why}`));

/** In the order of the plan: what others refer to comes before them. An image has the tag of its service. */
const pushManifests = async (
  store: ImageRepository,
  { images, manifests }: ArchivePlan,
  { build, manifests: contents }: { readonly build: string; readonly manifests: Contents }
): Promise<void> => {
  const pushes = manifests.flatMap(({ digest, mediaType }) => {
    const named = images.filter((it) => it.digest === digest);
    const tags = named.map(({ service }) => imageTag(service, build));
    const references = tags.length > 0 ? tags : [digest];
    return references.map((reference) => ({ reference, digest, mediaType }));
  });
  for (const { reference, digest, mediaType } of pushes) {
    if (await store.hasManifest(reference, digest)) continue;
    const content = contents.get(digest) ?? new Uint8Array();
    await store.putManifest(reference, { mediaType, content });
  }
};
