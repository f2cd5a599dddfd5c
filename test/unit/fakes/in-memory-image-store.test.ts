import { InMemoryImageStore } from '#test/fakes/in-memory-image-store.ts';
import { imageStoreBehavesLike } from '#test/ports/image-store.ts';

imageStoreBehavesLike('InMemoryImageStore', () => {
  const images = new InMemoryImageStore();
  return {
    images,
    push: async ({ app, parts, ...manifest }) =>
      images.push(app, { ...manifest, links: { parts } }),
    can: { listUntagged: true, keepRetagged: true },
  };
});
