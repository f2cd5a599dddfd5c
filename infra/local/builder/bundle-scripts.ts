import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { LayerEntry } from './layers/layer-entry.ts';

/** Where a script lies in the image, and the source it is made of. */
const scripts = [
  { path: 'usr/bin/wget', source: 'wget.ts' },
  { path: 'usr/local/bin/buildctl-daemonless.sh', source: 'buildctl.ts' },
] as const;

/** Node must not take the scripts for modules because of a package.json above the unpacked image. */
const scope = { path: 'usr/package.json', content: '{"type":"commonjs"}\n' };

/** The builder image's files: each script a single file that this machine's Node runs. */
export const bundleScripts = async (): Promise<readonly LayerEntry[]> => {
  const bundled = await Promise.all(
    scripts.map(async ({ path, source }) => asFile(path, await bundle(source), 0o755))
  );
  const folders = ['usr', 'usr/bin', 'usr/local', 'usr/local/bin'].map(
    (path) => ({ type: 'Directory', path, mode: 0o755 }) as const
  );
  return [...folders, asFile(scope.path, Buffer.from(scope.content), 0o644), ...bundled];
};

const asFile = (path: string, content: Buffer, mode: number): LayerEntry => ({
  type: 'File',
  path,
  mode,
  size: content.length,
  content,
});

const bundle = async (source: string): Promise<Buffer> => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(source, import.meta.url))],
    absWorkingDir: fileURLToPath(new URL('../../../', import.meta.url)),
    bundle: true,
    write: false,
    minifySyntax: true,
    minifyWhitespace: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    // One dependency's CommonJS build loads its parts in a way that can't be bundled.
    mainFields: ['module', 'main'],
    banner: { js: '#!/usr/bin/env node' },
    legalComments: 'none',
    logLevel: 'warning',
  });
  return Buffer.from(outputFiles[0]?.contents ?? new Uint8Array());
};
