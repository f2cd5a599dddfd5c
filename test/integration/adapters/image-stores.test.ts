import {
  CreateRepositoryCommand,
  ECRClient,
  PutImageCommand,
  RepositoryAlreadyExistsException,
} from '@aws-sdk/client-ecr';
import { EcrImages } from '#adapters/ecr/ecr-images.ts';
import { StaticImages } from '#adapters/registry/static-images.ts';
import { StaticRegistry } from '#adapters/registry/static-registry.ts';
import { imageStoreBehavesLike, type PushedManifest } from '#test/ports/image-store.ts';
import { freshName } from '#test/samples.ts';
import { settings } from '../aws.ts';

const ensureRepository = async (ecr: ECRClient, repositoryName: string): Promise<void> => {
  try {
    await ecr.send(new CreateRepositoryCommand({ repositoryName }));
  } catch (error) {
    if (!(error instanceof RepositoryAlreadyExistsException)) throw error;
  }
};

imageStoreBehavesLike('EcrImages', () => {
  const ecr = new ECRClient(settings());
  const rack = freshName();
  const push = async ({ app, tags, text, type }: PushedManifest) => {
    const image = {
      repositoryName: `${rack}/${app}`,
      imageManifest: text,
      imageManifestMediaType: type,
    };
    await ensureRepository(ecr, image.repositoryName);
    if (tags.length === 0) await ecr.send(new PutImageCommand(image));
    for (const imageTag of tags) await ecr.send(new PutImageCommand({ ...image, imageTag }));
  };
  const can = { listUntagged: true, keepRetagged: true };
  return { images: new EcrImages(ecr, { rack }), push, can };
});

/** The emulator's registry speaks the distribution specification. */
imageStoreBehavesLike('StaticImages', () => {
  const ecr = new ECRClient(settings());
  const rack = freshName();
  const host = `127.0.0.1:${process.env['RACKLESS_TEST_EMULATOR_PORT']}`;
  const readAccount = async () => ({ username: 'ada', password: 'secret' });
  const registry = new StaticRegistry(
    { readAccount },
    { prefix: `${host}/${rack}`, isInsecure: true }
  );
  const push = async ({ app, tags, digest, text, type }: PushedManifest) => {
    const path = `${rack}/${app}`;
    await ensureRepository(ecr, path);
    for (const reference of tags.length > 0 ? tags : [digest]) {
      const response = await fetch(`http://${host}/v2/${path}/manifests/${reference}`, {
        method: 'PUT',
        headers: { 'content-type': type },
        body: text,
      });
      if (response.status !== 201) throw new Error(`status ${response.status}`);
    }
  };
  const can = { listUntagged: false, keepRetagged: false };
  return { images: new StaticImages(registry), push, can };
});
