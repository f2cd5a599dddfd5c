import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';

/** Bytes. The entry answers --version by itself, so it must stay tiny; raise these only with a reason. */
const budget = { entry: 4_000, total: 560_000 };

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Bundles the CLI into dist/: one chunk for each command's action, loaded only when it runs. */
const bundle = async (): Promise<Metafile> => {
  await rm(`${root}dist`, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['cli/main.ts'],
    outdir: 'dist',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    legalComments: 'linked',
    metafile: true,
    logLevel: 'warning',
    // The build of yaml for Node is CommonJS, which needs a `require` that ES modules lack.
    alias: { yaml: './node_modules/yaml/browser/index.js' },
  });
  return metafile;
};

const report = ({ outputs }: Metafile): boolean => {
  const files = Object.entries(outputs).filter(([path]) => path.endsWith('.js'));
  const total = files.reduce((sum, [, { bytes }]) => sum + bytes, 0);
  const entry = files.find(([path]) => basename(path) === 'main.js')?.[1].bytes ?? 0;
  const largest = files.sort(([, a], [, b]) => b.bytes - a.bytes).slice(0, 5);
  for (const [path, { bytes }] of largest) console.log(line(bytes, path));
  console.log(line(entry, `dist/main.js, of ${budget.entry} allowed`));
  console.log(line(total, `${files.length} files in all, of ${budget.total} allowed`));
  return entry <= budget.entry && total <= budget.total;
};

const line = (bytes: number, what: string): string => `${String(bytes).padStart(8)}  ${what}`;

if (!report(await bundle())) {
  console.error('ERROR: the CLI is larger than its budget (infra/build/build-cli.ts)');
  process.exitCode = 1;
}
