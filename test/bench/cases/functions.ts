import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import type { Metafile } from 'esbuild';
import { parse } from 'yaml';
import { bundleFunction } from '../bundle.ts';
import { median, report, rounded } from '../measure.ts';

const runs = 10;

/** What every function's cold start needs; the values are never used. */
const environment = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
};

/** Size and cold import of each function's bundle, each import in a process of its own. */
export const functionBundles = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'rackless-bench-'));
  try {
    for (const [name, handler] of handlers()) await measure(name, handler, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const handlers = (): readonly [string, string][] =>
  globSync('infra/aws/*/functions.yml').flatMap((path) => {
    const file = readFileSync(path, 'utf8');
    const functions = parse(file, { logLevel: 'silent' }) as Record<string, { handler: string }>;
    return Object.entries(functions).map(([name, { handler }]): [string, string] => [
      name,
      handler.replace(/\.handler$/, '.ts'),
    ]);
  });

const measure = async (name: string, entry: string, folder: string): Promise<void> => {
  const outfile = join(folder, name, `${basename(dirname(entry))}.mjs`);
  const { metafile } = await bundleFunction(entry, outfile);
  const imports = Array.from({ length: runs }, () => coldImport(outfile, entry));
  report('function', {
    function: name,
    kilobytes: rounded(statSync(outfile).size / 1000, 0),
    import: rounded(median(imports)),
    unit: 'ms',
    clients: clientsIn(metafile),
  });
};

const coldImport = (file: string, entry: string): number => {
  const script = `const start = performance.now(); await import(${JSON.stringify(file)}); console.log(performance.now() - start); process.exit(0);`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', script],
    { encoding: 'utf8', env: { ...process.env, ...environment, ...settings() } }
  );
  if (status !== 0) throw new Error(`${entry} can't be imported: ${stderr.slice(-500)}`);
  return Number(stdout.trim().split('\n').at(-1));
};

/** Every variable that any function's dependencies ask for. */
const settings = (): Record<string, string> => {
  const names = globSync('functions/runtime/dependencies/*.ts').flatMap(
    (path) => readFileSync(path, 'utf8').match(/\b[A-Z][A-Z_]{3,}\b/g) ?? []
  );
  return Object.fromEntries(names.map((name) => [name, environmentValue(name)]));
};

const environmentValue = (name: string): string => checkedValues[name] ?? '1';

/** What is more than any text. */
const checkedValues: Readonly<Record<string, string>> = {
  AWS_REGION: 'us-east-1',
  BUILDER_MODE: 'rootless',
  BUILD_DEADLINE: '600',
  BUILD_NODE_SELECTOR: '',
  BUILD_TOLERATIONS: '',
  COPY_IMAGES: 'true',
  REGISTRY: JSON.stringify({ kind: 'ecr', host: 'a', pushRoleArn: 'a', repositoryArns: 'a' }),
};

const clientsIn = ({ inputs }: Metafile): readonly string[] =>
  [
    ...new Set(
      Object.keys(inputs).flatMap(
        (path) =>
          /node_modules\/@(?:aws-sdk\/client-([\w-]+)|(kubernetes))\//.exec(path)?.slice(1, 3) ?? []
      )
    ),
  ].filter((it) => it);
