import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

export interface PushedImage {
  readonly registry: string;
  /** Repository and tag, such as `tools/busybox:1`. */
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: readonly string[];
  /** In Go's words; that of this machine when it is left out. */
  readonly architecture?: string;
  /** `USER:PASSWORD`, where a registry asks for it. */
  readonly login?: string | undefined;
}

/** Puts an image of one layer, whose files `fill` writes, into a registry by skopeo. */
export const pushImage = (image: PushedImage, fill: (root: string) => void): string => {
  const folder = mkdtempSync(join(tmpdir(), 'rackless-image-'));
  const target = `${image.registry}/${image.name}`;
  try {
    const root = join(folder, 'root');
    mkdirSync(root);
    fill(root);
    writeLayout(folder, image, layerOf(root));
    const login = image.login ? ['--dest-creds', image.login] : [];
    const copy = ['copy', '--insecure-policy', '--dest-tls-verify=false', ...login];
    runProgram('skopeo', [...copy, `oci:${folder}/layout:it`, `docker://${target}`]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return target;
};

/** By GNU tar: files keep their owners and what they may do (`setcap`). */
const layerOf = (root: string): Buffer => {
  const file = `${root}.tar`;
  const same = ['--sort=name', '--mtime=@0', '--numeric-owner', '--format=pax'];
  const times = '--pax-option=delete=atime,delete=ctime';
  const xattrs = ['--xattrs', '--xattrs-include=security.capability'];
  runProgram('tar', [...same, times, ...xattrs, '-C', root, '-cf', file, '.']);
  return readFileSync(file);
};

const media = 'application/vnd.oci.image';
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

const thisMachine = architectures[process.arch] ?? process.arch;

const writeLayout = (folder: string, image: PushedImage, files: Buffer): void => {
  const { command, env = [], architecture = thisMachine } = image;
  const blobs = join(folder, 'layout', 'blobs', 'sha256');
  mkdirSync(blobs, { recursive: true });
  const put = (content: Buffer, mediaType: string) => {
    const hash = createHash('sha256').update(content).digest('hex');
    writeFileSync(join(blobs, hash), content);
    return { mediaType, digest: `sha256:${hash}`, size: content.length };
  };
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  const layer = put(files, `${media}.layer.v1.tar`);
  const config = put(
    json({
      architecture,
      os: 'linux',
      config: { Cmd: command, Env: env },
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
    }),
    `${media}.config.v1+json`
  );
  const manifest = put(
    json({ schemaVersion: 2, mediaType: `${media}.manifest.v1+json`, config, layers: [layer] }),
    `${media}.manifest.v1+json`
  );
  const annotations = { 'org.opencontainers.image.ref.name': 'it' };
  const index = { schemaVersion: 2, manifests: [{ ...manifest, annotations }] };
  writeFileSync(join(folder, 'layout', 'index.json'), json(index));
  writeFileSync(join(folder, 'layout', 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
};
