import { keyOf } from '../objects/object-key.ts';
import { sourceLife } from '../objects/source-life.ts';
import { isEnded } from '../promotions/promotion.ts';
import { belongsToThePast } from './belongs-to-the-past.ts';
import { isOld, type Sight } from './history.ts';
import type { StoredDocument } from './ports.ts';

/**
 * Documents of releases, builds and promotions that are over, and uploads that no build refers to any
 * more. Folders that are not known stay.
 */
export const disposableDocuments = (
  documents: readonly StoredDocument[],
  sight: Sight
): readonly StoredDocument[] => {
  const isOver = over(sight);
  const isWanted = wantedUploads(sight);
  return documents.filter(({ key, written }) => {
    const [, folder = '', id = ''] =
      /^(builds|promotions|rendered)\/([BPR][A-Z]{10})[./]/.exec(key) ?? [];
    if (folder) return isOld(written, sight) && isOver(id);
    return isUpload(key) && written + sourceLife <= sight.now && !isWanted(key);
  });
};

const isUpload = (key: string): boolean => /^(sources|objects)\//.test(key);

/** A promotion is over with its release; what the table does not know, with the release that is active. */
const over = (sight: Sight) => {
  const { builds, releases, promotions } = sight.history;
  const expired = new Map(
    [...builds, ...releases].map((it) => [it.id, it.expired !== undefined] as const)
  );
  const isGone = (id: string) => expired.get(id) ?? belongsToThePast(id, sight);
  const byId = new Map(promotions.map((it) => [it.id, it]));
  return (id: string): boolean => {
    const promotion = byId.get(id);
    return promotion ? isEnded(promotion) && isGone(promotion.release) : isGone(id);
  };
};

/** Sources and logs that builds name, as long as they are kept themselves. */
const wantedUploads = ({ history }: Sight) => {
  const urls = history.builds
    .filter((it) => !it.expired)
    .flatMap(({ source, logs = '' }) => [source, logs]);
  const keys = new Set(urls.map((url) => keyOf(history.app.name, url)));
  return (key: string): boolean => keys.has(key);
};
