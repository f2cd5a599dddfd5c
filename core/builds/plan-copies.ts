import { byText } from '../environments/environment.ts';
import { InvalidRequestError } from '../errors.ts';
import type { ImageService } from '../manifests/distinct-builds.ts';
import { imageNameForm, isImageName } from '../registries/image-name.ts';
import type { BuildPlan, CopyJob } from './build-plan.ts';

/**
 * The plan with a job for each distinct image, in place of services that run it where it is. `pin` gives
 * an image by its digest: what is copied is then what was asked for, whatever its tag names meanwhile.
 * @throws InvalidRequestError naming an image that can't be one.
 */
export const planCopies = async (
  plan: BuildPlan,
  images: readonly ImageService[],
  pin: (image: string) => Promise<string | undefined>
): Promise<BuildPlan> => {
  for (const wanted of images) refuseNonsense(wanted);
  const found = await Promise.all(
    images.map(async ({ service, image }) => ({ service, image: (await pin(image)) ?? image }))
  );
  const distinct = [...new Set(found.map(({ image }) => image))];
  const copies = distinct.map(
    (image, index): CopyJob => ({
      kind: 'copy',
      number: plan.jobs.length + index + 1,
      services: servicesOf(image, found),
      image,
    })
  );
  const copied = new Set(images.map(({ service }) => service));
  return {
    ...plan,
    jobs: [...plan.jobs, ...copies],
    images: plan.images.filter(({ service }) => !copied.has(service)),
  };
};

const servicesOf = (image: string, found: readonly ImageService[]): readonly string[] =>
  found
    .filter((it) => it.image === image)
    .map(({ service }) => service)
    .toSorted(byText);

const refuseNonsense = ({ service, image }: ImageService): void => {
  if (isImageName(image)) return;
  throw new InvalidRequestError(`service ${service}: not the name of an image: ${image}`, {
    hint: imageNameForm,
  });
};
