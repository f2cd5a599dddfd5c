import { rmSync } from 'node:fs';
import { readJsonFile } from '#infra/local/plane/json-file.ts';
import { cleanNode } from './clean-node.ts';
import { type PartName, partNames, stopPart } from './part.ts';
import type { Place } from './place.ts';

/** Stops the cluster and takes away all that it left on the machine. */
export const stopAll = async (place: Place): Promise<void> => {
  for (const name of stopOrder) await stopPart(place, name);
  await cleanNode(place);
  rmSync(place.root, { recursive: true, force: true });
  if (readJsonFile<Place>(place.owner)?.root === place.root) rmSync(place.owner, { force: true });
};

/** The kubelet first: it would start again what ends. */
const stopOrder: readonly PartName[] = [
  'kubelet',
  ...partNames.filter((name) => name !== 'kubelet').toReversed(),
];
