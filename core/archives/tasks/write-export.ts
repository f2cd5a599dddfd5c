import type { Build } from '../../builds/build.ts';
import type { Builds } from '../../builds/ports.ts';
import { isFinal } from '../../builds/tasks/build-task.ts';
import { type Clock, timestamp } from '../../clock.ts';
import { ConflictError, TooLargeError, UnavailableError } from '../../errors.ts';
import type { Objects } from '../../objects/ports.ts';
import type { Registry } from '../../registries/ports.ts';
import { archiveLayout, type PlannedFile } from '../archive-layout.ts';
import { type RecordedService, recordOf } from '../build-record.ts';
import { checkedContent } from '../checked-content.ts';
import { type ExportState, exportKey, writeState } from '../export-state.ts';
import { gatherImages, type ImageGraph } from '../gather-images.ts';
import type {
  ArchiveFile,
  Archives,
  BlobId,
  ImageRepositories,
  ImageRepository,
} from '../ports.ts';
import { type BlobSource, resumedBlob } from '../resumed-blob.ts';

export interface WriteExportDependencies {
  readonly rack: { readonly name: string };
  readonly builds: Pick<Builds, 'find'>;
  readonly registry: Pick<Registry, 'repositoryOf' | 'login'>;
  readonly repositories: ImageRepositories;
  readonly archives: Pick<Archives, 'write'>;
  /** Of archives. */
  readonly transfers: Pick<Objects, 'write'>;
  readonly clock: Clock;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export interface ExportRun {
  /** Of the shape of this input. */
  readonly v: 1;
  readonly app: string;
  readonly build: string;
  readonly run: string;
}

/** What one function can stream from a registry into a bucket in its time, with much to spare. */
const largest = 20 * 1024 ** 3;

/**
 * Writes the archive of a build. What can't be helped is kept as the reason; what may pass is thrown, and
 * the state machine tries again from the start. Doing it twice makes the same archive.
 */
export const writeExport =
  (deps: WriteExportDependencies) =>
  async (run: ExportRun): Promise<ExportRun> => {
    const progress = new Progress(deps, run);
    const build = await deps.builds.find(run.app, run.build);
    if (!build) return run;
    try {
      await write(deps, build, progress);
    } catch (error) {
      if (!isFinal(error)) throw error;
      await progress.fail(error.message);
    }
    return run;
  };

const reasons: Readonly<Record<string, string>> = {
  UnavailableError: 'the registry could not be reached for too long',
  'States.Timeout': 'it took longer than it may',
};

/** When trying again has not helped: `error` is what the state machine caught. */
export const failExport =
  (deps: Pick<WriteExportDependencies, 'transfers' | 'clock'>) =>
  async ({
    error,
    ...run
  }: ExportRun & { readonly error?: { readonly Error: string } | undefined }) => {
    const reason = reasons[error?.Error ?? ''] ?? `by an error of the rack: ${error?.Error}`;
    await new Progress(deps, run).fail(reason);
    return run;
  };

const write = async (
  deps: WriteExportDependencies,
  build: Build,
  progress: Progress
): Promise<void> => {
  const repository = deps.registry.repositoryOf(build.app);
  const services = servicesOf(build, repository);
  const store = deps.repositories.open(repository, await deps.registry.login());
  const graph = await gather(store, services, repository);
  const files = archiveLayout(recordOf(build, { rack: deps.rack.name, services }), graph);
  progress.total = files.reduce((sum, it) => sum + it.size, 0);
  if (progress.total > largest) {
    throw new TooLargeError(`its images have ${progress.total} bytes; ${largest} is the limit`);
  }
  await deps.archives.write(
    build.app,
    exportKey(build.id),
    stream(files, { store, sleep: deps.sleep }, progress)
  );
};

/** What is in the app's own repository goes along; the rest stays where everybody finds it. */
const servicesOf = ({ images }: Build, repository: string): readonly RecordedService[] =>
  images.map(({ service: name, image }) => {
    const [place, digest] = image.split('@');
    return place === repository && digest ? { name, digest } : { name, image };
  });

const gather = (
  store: ImageRepository,
  services: readonly RecordedService[],
  repository: string
): Promise<ImageGraph> => {
  const digests = services.flatMap((it) => ('digest' in it ? [it.digest] : []));
  const find = async (digest: string) => {
    const found = await store.manifest(digest);
    if (found) return found;
    const names = services.filter((it) => 'digest' in it && it.digest === digest);
    const whose = names.length > 0 ? `image of ${names.map((it) => it.name).join(', ')}` : 'part';
    throw new ConflictError(`${whose} is not in the registry any more: ${repository}@${digest}`);
  };
  return gatherImages(find, [...new Set(digests)]);
};

async function* stream(
  files: readonly PlannedFile[],
  source: BlobSource,
  progress: Progress
): AsyncGenerator<ArchiveFile> {
  for (const { path, size, content } of files) {
    const parts = content instanceof Uint8Array ? once(content) : blob(source, content);
    yield { path, size, content: progress.counting(parts) };
  }
}

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}

/** What is wrong with it is a registry's mistake or the line's: either may pass. */
const blob = (source: BlobSource, it: BlobId): AsyncGenerator<Uint8Array> =>
  checkedContent(
    resumedBlob(source, it),
    it,
    (why) => new UnavailableError(`layer ${it.digest} ${why}`)
  );

const tellEvery = 2000;

/** How far the archive is, told now and then to whoever waits for it. */
class Progress {
  readonly #deps: Pick<WriteExportDependencies, 'transfers' | 'clock'>;
  readonly #run: ExportRun;
  #done = 0;
  #told: number;
  total = 0;

  constructor(deps: Pick<WriteExportDependencies, 'transfers' | 'clock'>, run: ExportRun) {
    this.#deps = deps;
    this.#run = run;
    this.#told = deps.clock();
  }

  async *counting(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const part of content) {
      this.#done += part.length;
      if (this.#deps.clock() - this.#told >= tellEvery) await this.#tell('running', '');
      yield part;
    }
  }

  async fail(reason: string): Promise<void> {
    await this.#tell('failed', reason);
  }

  async #tell(status: ExportState['status'], reason: string): Promise<void> {
    const { transfers, clock } = this.#deps;
    const { app, build: id, run } = this.#run;
    this.#told = clock();
    const [done, total] = [this.#done, this.total];
    const started = timestamp(clock);
    await writeState(transfers, { app, id }, { v: 1, run, status, done, total, reason, started });
  }
}
