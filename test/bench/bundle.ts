import { readFileSync } from 'node:fs';
import { type BuildResult, build } from 'esbuild';
import { parse } from 'yaml';

/** Bundles a function as serverless.yml has it. */
export const bundleFunction = (
  entry: string,
  outfile: string
): Promise<BuildResult<{ metafile: true }>> =>
  build({
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minify: true,
    keepNames: true,
    metafile: true,
    banner: settings().custom.esbuild.banner,
    entryPoints: [entry],
    outfile,
  });

const settings = () =>
  parse(readFileSync('serverless.yml', 'utf8'), { logLevel: 'silent' }) as {
    custom: { esbuild: { banner: { js: string } } };
  };
