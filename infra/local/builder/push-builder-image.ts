import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleScripts } from './bundle-scripts.ts';
import { packImage } from './layers/pack-image.ts';
import { writeLayer } from './layers/write-layer.ts';
import { pushImage } from './registry/push-image.ts';
import { hostArchitecture } from './stages/platform-values.ts';

const epoch = new Date(0);

interface BuilderImage {
  readonly name?: string;
  /** The builder that it takes: see `chooseBuilder`. */
  readonly builder?: string | undefined;
}

/**
 * Pushes the image that stands in for `moby/buildkit:rootless` where pods are processes of this machine,
 * to a registry that speaks plain http; `registryHost` is HOST:PORT. Returns `HOST/NAME@sha256:…`. An
 * image that is there already is not pushed again. Throws `RegistryError`.
 */
export const pushBuilderImage = async (
  registryHost: string,
  { name = 'rackless/builder', builder }: BuilderImage = {}
): Promise<string> => {
  const workspace = await mkdtemp(join(tmpdir(), 'rackless-builder-'));
  try {
    const file = join(workspace, 'layer.tgz');
    const layer = await writeLayer(await bundleScripts(), { file, modified: epoch });
    const image = packImage(
      {
        created: epoch.toISOString(),
        architecture: hostArchitecture(),
        config: {
          Env: [
            'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
            ...(builder ? [`LOCAL_BUILDER=${builder}`] : []),
          ],
          Entrypoint: ['/usr/local/bin/buildctl-daemonless.sh'],
        },
      },
      [layer]
    );
    const repository = { url: `http://${registryHost}`, name, credentials: undefined };
    const { digest } = await pushImage(repository, 'latest', image);
    return `${registryHost}/${name}@${digest}`;
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
};
