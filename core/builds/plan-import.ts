import { type ImageService, imageServices } from '../manifests/distinct-builds.ts';
import type { Manifest, Service } from '../manifests/manifest.ts';
import type { BuildPlan } from './build-plan.ts';

/** Services that an imported image is for: as with Convox, those that name none of their own. */
export const importedServices = (services: readonly Service[]): readonly Service[] =>
  services.filter(({ source }) => source.kind !== 'image');

export interface CopyingPlan {
  readonly plan: BuildPlan;
  /** What is to be copied as well. */
  readonly copied: readonly ImageService[];
}

/** An import copies its image whatever the rack's setting; other images as in any build. */
export const planImport = (
  manifest: Manifest,
  image: string,
  { copyImages }: { readonly copyImages: boolean }
): CopyingPlan => {
  const images = imageServices(manifest);
  const taking = importedServices(manifest.services).map(({ name }) => ({ service: name, image }));
  return {
    plan: { v: 1, jobs: [], images },
    copied: [...taking, ...(copyImages ? images : [])],
  };
};
