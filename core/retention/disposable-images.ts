import type { Build } from '../builds/build.ts';
import type { ManifestLinks, StoredImage } from '../registries/ports.ts';
import { belongsToThePast } from './belongs-to-the-past.ts';
import { isOld, type Sight } from './history.ts';
import type { Wanted } from './wanted-elsewhere.ts';

/** What an app's repository holds. */
export interface RepositoryContent {
  readonly images: readonly StoredImage[];
  /** Of indexes, and of images without a tag. */
  readonly links: ReadonlyMap<string, ManifestLinks>;
}

/**
 * Images that nothing refers to which is left. A digest goes only if each of its tags is of a build that
 * is over; one that an index needs, or that is attached to another, stays as long as that; what others
 * have pushed stays, and what other apps use.
 */
export const disposableImages = (
  { images, links }: RepositoryContent,
  sight: Sight,
  elsewhere: Wanted = new Map()
): readonly StoredImage[] => {
  const pinned = pinnedNames(sight);
  const isOver = buildsOver(sight);
  const isWanted = ({ digest, tags }: StoredImage) =>
    [digest, ...tags].some((name) => pinned.has(name) || elsewhere.has(name));
  const mayGo = (it: StoredImage) =>
    !isWanted(it) && it.tags.every((tag) => isOver(buildOfTag(tag))) && isAged(it, sight);
  const kept = images.filter((it) => !mayGo(it) || isUntold(it)).map((it) => it.digest);
  const needed = withFollowers(kept, followers(links));
  return images.filter((it) => !needed.has(it.digest) && mayGo(it));
};

/** `SERVICE.BUILD`, as builds name their images; undefined for tags of others. */
const buildOfTag = (tag: string): string | undefined =>
  /^[a-z][a-z0-9-]*\.(B[A-Z]{10})$/.exec(tag)?.[1];

/** Of which a registry tells neither a tag nor a time: nothing is known of it. */
const isUntold = ({ tags, pushed }: StoredImage): boolean =>
  tags.length === 0 && pushed === undefined;

const isAged = ({ pushed }: StoredImage, sight: Sight): boolean =>
  pushed === undefined || isOld(pushed, sight);

const buildsOver = (sight: Sight) => {
  const builds = new Map(sight.history.builds.map((it) => [it.id, it]));
  return (id: string | undefined): boolean => {
    if (id === undefined) return false;
    const build = builds.get(id);
    return build ? build.expired !== undefined : belongsToThePast(id, sight);
  };
};

/** Digests, and tags of images whose registry did not tell theirs. */
const pinnedNames = ({ history, copy }: Sight): ReadonlySet<string> => {
  const images = history.builds.filter((it) => !it.expired).flatMap(imagesOf);
  return new Set([...images, ...(copy?.images ?? [])].map(nameIn));
};

const imagesOf = ({ images }: Build): readonly string[] => images.map((it) => it.image);

const nameIn = (image: string): string => /[@:](sha256:\w+|[\w.-]+)$/.exec(image)?.[1] ?? image;

type Followers = ReadonlyMap<string, readonly string[]>;

/** By digest, what must stay as long as it does. */
const followers = (links: RepositoryContent['links']): Followers => {
  const found = new Map<string, string[]>();
  for (const [digest, { parts, subject }] of links) {
    found.set(digest, [...(found.get(digest) ?? []), ...parts]);
    if (subject) found.set(subject, [...(found.get(subject) ?? []), digest]);
  }
  return found;
};

/** With all that follows them, at any depth. */
const withFollowers = (digests: readonly string[], byDigest: Followers): ReadonlySet<string> => {
  const needed = new Set<string>();
  const queue = [...digests];
  for (let digest = queue.pop(); digest !== undefined; digest = queue.pop()) {
    if (needed.has(digest)) continue;
    needed.add(digest);
    queue.push(...(byDigest.get(digest) ?? []));
  }
  return needed;
};
