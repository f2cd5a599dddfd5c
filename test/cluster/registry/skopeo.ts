import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Login {
  readonly username: string;
  readonly password: string;
}

/**
 * A client that is not ours. In the background: what it talks to may be this very process.
 * Both throw with skopeo's own words.
 */
export const skopeoPush = async (target: string, login: Login): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'rackless-skopeo-'));
  try {
    writeEmptyImage(folder);
    const options = ['--insecure-policy', 'copy', '--dest-tls-verify=false'];
    const credentials = ['--dest-creds', `${login.username}:${login.password}`];
    await run('skopeo', [...options, ...credentials, `oci:${folder}:it`, `docker://${target}`]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

export const skopeoDigest = async (image: string, login: Login): Promise<string> => {
  const credentials = ['--creds', `${login.username}:${login.password}`];
  const options = ['inspect', '--tls-verify=false', '--format', '{{.Digest}}', ...credentials];
  const { stdout } = await run('skopeo', [...options, `docker://${image}`]);
  return stdout.trim();
};

/** An image without layers, in the layout of the OCI image specification. */
const writeEmptyImage = (folder: string): void => {
  mkdirSync(join(folder, 'blobs', 'sha256'), { recursive: true });
  const put = (mediaType: string, value: object) => {
    const text = JSON.stringify(value);
    const hash = createHash('sha256').update(text).digest('hex');
    writeFileSync(join(folder, 'blobs', 'sha256', hash), text);
    return { mediaType, digest: `sha256:${hash}`, size: text.length };
  };
  const rootfs = { type: 'layers', diff_ids: [] };
  const config = put('application/vnd.oci.image.config.v1+json', {
    architecture: 'amd64',
    os: 'linux',
    rootfs,
  });
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = put(mediaType, { schemaVersion: 2, mediaType, config, layers: [] });
  const annotations = { 'org.opencontainers.image.ref.name': 'it' };
  const index = { schemaVersion: 2, manifests: [{ ...manifest, annotations }] };
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
};
