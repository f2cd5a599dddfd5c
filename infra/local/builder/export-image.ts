import { writeFileSync } from 'node:fs';
import { parseImageReference } from '../cluster/node/images/image-reference.ts';
import { BuildError } from './build-error.ts';
import { byteCount, type StepNotes } from './build-log.ts';
import type { BuildOptions } from './build-options.ts';
import type { BuildPlace } from './builder.ts';
import { digestOf } from './layers/digest.ts';
import { manifestType, type PackedImage, pushImage } from './registry/push-image.ts';
import { repositoryOf } from './registry/repository-of.ts';

/** Pushes the image under its names and writes the metadata file. */
export const exportImage = async (
  image: PackedImage,
  options: BuildOptions,
  { log, logins }: BuildPlace
): Promise<void> => {
  await log.step('exporting to image', async (note) => {
    note('exporting layers done');
    note(`exporting manifest ${digestOf(image.manifest)} done`);
    note(`exporting config ${digestOf(image.config)} done`);
    for (const name of options.output.names) {
      await pushUnder(name, image, {
        note,
        repository: repositoryOf(name, { logins, insecure: options.output.insecure }),
      });
    }
  });
  if (options.metadataFile !== undefined) {
    writeFileSync(options.metadataFile, metadataOf(image, options));
  }
};

const pushUnder = async (
  name: string,
  image: PackedImage,
  {
    note,
    repository,
  }: { readonly note: StepNotes; readonly repository: ReturnType<typeof repositoryOf> }
): Promise<void> => {
  const { tag, digest } = parseImageReference(name);
  try {
    const result = await pushImage(repository, tag ?? digest ?? 'latest', image);
    const layers = image.layers.map(({ descriptor }) => descriptor);
    const sent = layers.filter((layer) => result.pushed.includes(layer.digest));
    const bytes = sent.reduce((sum, { size }) => sum + size, 0);
    note(`pushing layers: ${sent.length} of ${layers.length} are new, ${byteCount(bytes)} done`);
    note(`pushing manifest for ${name}@${result.digest} done`);
  } catch (error) {
    throw new BuildError(`failed to push ${name}: ${(error as Error).message}`, { cause: error });
  }
};

/** The fields that BuildKit writes, as far as they apply. */
const metadataOf = ({ manifest, config }: PackedImage, { output }: BuildOptions): string => {
  const digest = digestOf(manifest);
  return `${JSON.stringify(
    {
      'containerimage.config.digest': digestOf(config),
      'containerimage.descriptor': { mediaType: manifestType, digest, size: manifest.length },
      'containerimage.digest': digest,
      'image.name': output.names.join(','),
    },
    undefined,
    2
  )}\n`;
};
