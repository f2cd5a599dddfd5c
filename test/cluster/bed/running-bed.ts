import { readJsonFile } from '#infra/local/plane/json-file.ts';
import { isRunning, partNames } from './part.ts';
import type { Place } from './place.ts';
import type { BedAddress } from './up.ts';

/** The one cluster of this kind that the machine runs, whichever checkout started it. */
export const runningBed = ({ owner }: Pick<Place, 'owner'>): BedAddress | undefined => {
  const place = readJsonFile<Place>(owner);
  if (!place || !partNames.every((name) => isRunning(place, name))) return undefined;
  return readJsonFile<BedAddress>(place.address);
};
