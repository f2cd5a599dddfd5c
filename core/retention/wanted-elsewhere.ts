import { type Build, isFinishedBuild } from '../builds/build.ts';
import type { Cluster } from '../kubernetes/ports.ts';
import type { StoredImage } from '../registries/ports.ts';
import { findApps } from '../rescue/find-apps.ts';
import type { RetentionRecords } from './ports.ts';
import { readCopy } from './read-copy.ts';

export interface WantedElsewhereDependencies {
  readonly rack: string;
  readonly retention: Pick<RetentionRecords, 'sequences' | 'keptBuilds'>;
  readonly cluster: Pick<Cluster, 'get' | 'list'>;
}

/** By digest (`sha256:…`) or tag (`SERVICE.BUILD`), an app that uses an image. */
export type Wanted = ReadonlyMap<string, string>;

/** Another app that uses an image, if any does. */
export const userOf = ({ digest, tags }: StoredImage, wanted: Wanted): string | undefined =>
  [digest, ...tags].map((it) => wanted.get(it)).find((it) => it !== undefined);

interface Wishes {
  /** The app's last number when they were read: whatever is begun takes another. */
  readonly sequence: number | undefined;
  /** Nothing is under way that may come to want more. */
  readonly isSettled: boolean;
  readonly images: readonly NamedImage[];
}

interface NamedImage {
  /** The last part of the repository's name, which is its app's in every kind of registry. */
  readonly of: string;
  /** A digest, or a tag as builds make them. */
  readonly name: string;
}

/** Apps that are asked at a time. */
const width = 10;

/**
 * What all other apps use of one app's repository: by their builds that are kept, and by the cluster's
 * own copies. For one run: an app is asked again only when it has begun something meanwhile.
 * @throws what the table or the cluster throws, and when a copy can't be read: then nothing may go.
 */
export const wantedElsewhere = (deps: WantedElsewhereDependencies) => {
  const known = new Map<string, Wishes>();
  return async (of: string): Promise<Wanted> => {
    const inCluster = new Set((await findApps(deps.cluster, deps.rack)).map((it) => it.app));
    const sequences = await deps.retention.sequences();
    const others = [...new Set([...sequences.keys(), ...inCluster])].filter((it) => it !== of);
    const stale = others.filter((app) => !isFresh(known.get(app), sequences.get(app)));
    for (let from = 0; from < stale.length; from += width) {
      await Promise.all(
        stale.slice(from, from + width).map(async (app) => {
          const sequence = sequences.get(app);
          const read = await readWishes(deps, { app, isRunning: inCluster.has(app) });
          known.set(app, { sequence, ...read });
        })
      );
    }
    return new Map(
      others.flatMap((app) =>
        (known.get(app)?.images ?? []).filter((it) => it.of === of).map(({ name }) => [name, app])
      )
    );
  };
};

export type WantedElsewhere = ReturnType<typeof wantedElsewhere>;

const isFresh = (wishes: Wishes | undefined, sequence: number | undefined): boolean =>
  wishes?.isSettled === true && wishes.sequence === sequence;

const readWishes = async (
  { rack, retention, cluster }: WantedElsewhereDependencies,
  { app, isRunning }: { readonly app: string; readonly isRunning: boolean }
): Promise<Omit<Wishes, 'sequence'>> => {
  const builds = await retention.keptBuilds(app);
  const copy = isRunning ? await readCopy(cluster, { rack, app }) : undefined;
  return {
    isSettled: builds.every(isFinishedBuild),
    images: imagesIn([...builds.flatMap(textsOf), ...(copy?.images ?? [])]),
  };
};

/** What a build has not looked up yet stands in its manifest. */
const textsOf = (build: Build): readonly string[] => [
  ...build.images.map((it) => it.image),
  ...(isFinishedBuild(build) ? [] : [build.manifest]),
];

const named = [
  /([a-z0-9-]+)(?::[\w.-]+)?@(sha256:[0-9a-f]{64})/g,
  /([a-z0-9-]+):([a-z][a-z0-9-]*\.B[A-Z]{10})\b/g,
];

const imagesIn = (texts: readonly string[]): readonly NamedImage[] =>
  texts.flatMap((text) =>
    named.flatMap((pattern) =>
      [...text.matchAll(pattern)].map(([, of = '', name = '']) => ({ of, name }))
    )
  );
