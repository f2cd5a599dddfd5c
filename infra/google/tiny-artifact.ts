import { digestOf } from '../local/builder/layers/digest.ts';
import { manifestType, type PackedImage } from '../local/builder/registry/push-image.ts';

const emptyType = 'application/vnd.oci.empty.v1+json';

/** An artifact of 2 bytes and a note, as the OCI image specification makes one without content. */
export const tinyArtifact = (note: string): PackedImage => {
  const config = Buffer.from('{}');
  const empty = { mediaType: emptyType, digest: digestOf(config), size: config.length };
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    artifactType: 'application/vnd.rackless.test',
    config: empty,
    // The same content: it is uploaded once.
    layers: [empty],
    annotations: { 'org.opencontainers.image.description': note },
  };
  return { config, manifest: Buffer.from(JSON.stringify(manifest)), layers: [] };
};
