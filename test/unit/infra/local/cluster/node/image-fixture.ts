import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import type { ImageConfig } from '#infra/local/cluster/node/images/image-config.ts';
import type { RegistryServer } from './registry-server.ts';

interface LayerEntry {
  readonly path: string;
  readonly content?: string;
  /** Makes it a symbolic link. */
  readonly link?: string;
  readonly mode?: number;
}

const entryBytes = ({ path, content = '', link, mode = 0o644 }: LayerEntry): Buffer => {
  const body = Buffer.from(link === undefined ? content : '');
  const header = new Header({
    path,
    mode,
    size: body.length,
    type: link === undefined ? (path.endsWith('/') ? 'Directory' : 'File') : 'SymbolicLink',
    linkpath: link ?? '',
    mtime: new Date(0),
  });
  header.encode();
  const padding = Buffer.alloc((512 - (body.length % 512)) % 512);
  return Buffer.concat([header.block ?? Buffer.alloc(0), body, padding]);
};

/** A layer as a tar, written by hand so that it may hold what a polite tool would refuse to write. */
const layerTar = (entries: readonly LayerEntry[]): Buffer =>
  Buffer.concat([...entries.map(entryBytes), Buffer.alloc(1024)]);

export interface ImageFixture {
  readonly repository?: string;
  readonly tag?: string;
  readonly config?: ImageConfig;
  readonly layers?: readonly (readonly LayerEntry[])[];
}

/** Puts an image into a registry; gives its name and the digest of its manifest. */
export const pushImage = (
  registry: RegistryServer,
  { repository = 'shop/web', tag = 'v1', config = {}, layers = [] }: ImageFixture
): { readonly image: string; readonly digest: string } => {
  const blobs = layers.map((layer) => gzipSync(layerTar(layer)));
  const configBytes = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', config }));
  const digest = registry.manifest(
    repository,
    {
      schemaVersion: 2,
      config: { digest: registry.blob(configBytes), size: configBytes.length },
      layers: blobs.map((blob) => ({ digest: registry.blob(blob), size: blob.length })),
    },
    tag
  );
  return { image: `${registry.host}/${repository}:${tag}`, digest };
};
