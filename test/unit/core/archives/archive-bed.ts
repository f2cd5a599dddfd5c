import type { BuildRecord } from '#core/archives/build-record.ts';
import { writeExport } from '#core/archives/tasks/write-export.ts';
import type { Build } from '#core/builds/build.ts';
import { InMemoryArchives, type KeptFile } from '#test/fakes/in-memory-archives.ts';
import { InMemoryImageRepositories } from '#test/fakes/in-memory-image-repositories.ts';
import { type ApiBed, aBuild, bedWithShop } from '../api-bed.ts';

export const repository = 'registry.example.com/atom/shop';

export const manifest =
  'services:\n  web:\n    build: .\n  worker:\n    build: .\n  cache:\n    image: redis:7\n';

export const aRecord = (given: Partial<BuildRecord> = {}): BuildRecord => ({
  id: 'BAAAAAAAAAA',
  app: 'shop',
  rack: 'atom',
  description: 'first try',
  gitSha: 'abc',
  gitDirty: undefined,
  manifest,
  provenance: undefined,
  services: [],
  ...given,
});

/** A rack with the app `shop`, one complete build of it, and its image in the registry. */
export const archiveBed = async (given: Partial<Build> = {}) => {
  const bed: ApiBed = await bedWithShop();
  const repositories = new InMemoryImageRepositories();
  const archives = new InMemoryArchives();
  const store = repositories.of(repository);
  const digest = store.addImage('the layer of web');
  const build = await bed.builds.create(
    aBuild({
      status: 'complete',
      manifest,
      buildArgs: { TOKEN: 'hunter2' },
      images: [
        { service: 'web', image: `${repository}@${digest}` },
        { service: 'worker', image: `${repository}@${digest}` },
        { service: 'cache', image: 'docker.io/library/redis:7' },
      ],
      ...given,
    })
  );
  const run = { v: 1, app: 'shop', build: build.id, run: 'r1' } as const;
  return { ...bed, repositories, archives, store, digest, build, run };
};

export type ArchiveBed = Awaited<ReturnType<typeof archiveBed>>;

/** The files of the archive that the bed's build makes. */
export const exported = async (bed: ArchiveBed): Promise<readonly KeptFile[]> => {
  await writeExport(bed)(bed.run);
  const files = bed.archives.kept.get(`shop/exports/${bed.build.id}.tgz`);
  if (!files) throw new Error('nothing was exported');
  return files;
};

export const textOf = ({ content }: KeptFile): string => Buffer.from(content).toString('utf8');
