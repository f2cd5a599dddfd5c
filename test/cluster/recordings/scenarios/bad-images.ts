import { manifest, web } from '../manifests.ts';
import { startRegistry } from '../registry.ts';
import type { Scenario } from '../scenario.ts';

const before = manifest(web(''));
const next = manifest(web('true;'));

/** Images that can't be pulled, or not at once. */
export const badImages: Readonly<Record<string, Scenario>> = {
  'missing-image': {
    note: 'The registry does not know the image.',
    before,
    manifest: next,
    images: async (bed) => ({ web: `${bed.registry}/bed/no-such-image:1` }),
    tail: 20,
  },
  'denied-image': {
    note: 'The registry answers 401: it wants credentials that the node does not have.',
    before,
    manifest: next,
    images: async (bed) => {
      const registry = await startRegistry(bed.image, { answer: () => 401 });
      bed.undo.push(registry.close);
      return { web: registry.image };
    },
    tail: 20,
  },
  'registry-down': {
    note: 'Nothing listens where the registry was.',
    before,
    manifest: next,
    images: async (bed) => {
      const registry = await startRegistry(bed.image, {});
      registry.close();
      return { web: registry.image };
    },
  },
  'registry-blip': {
    note: 'The registry answers 503 for the first 15 s.',
    before,
    manifest: next,
    images: async (bed) => {
      const well = Date.now() + 15_000;
      const answer = () => (Date.now() < well ? 503 : undefined);
      const registry = await startRegistry(bed.image, { answer });
      bed.undo.push(registry.close);
      return { web: registry.image };
    },
  },
  'slow-pull': {
    note: 'A registry that sends a part of the image so slowly that its pull takes two minutes.',
    before,
    manifest: next,
    images: async (bed) => {
      const registry = await startRegistry(bed.image, { slowFor: 120_000 });
      bed.undo.push(registry.close);
      return { web: registry.image };
    },
  },
};
