import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kubernetesVersion } from './place.ts';
import { runProgram } from './run-program.ts';

const sources = fileURLToPath(new URL('kubernetes/', import.meta.url));

/** Builds all of Kubernetes into one program, unless the cache has it. */
export const buildKubernetes = (binary: string, progress: (line: string) => void): void => {
  if (existsSync(binary)) return;
  progress(`building Kubernetes ${kubernetesVersion}, once: about ten minutes on two cores`);
  const folder = mkdtempSync(join(tmpdir(), 'rackless-kubernetes-'));
  try {
    writeModule(folder);
    const env = { CGO_ENABLED: '0', GOFLAGS: '-p=2 -mod=mod', GOTOOLCHAIN: 'auto' };
    const args = ['build', '-trimpath', '-ldflags', linkerFlags(), '-o', 'kubernetes', '.'];
    runProgram('nice', ['-n', '19', 'go', ...args], { cwd: folder, env });
    mkdirSync(dirname(binary), { recursive: true });
    // Beside its place first: a copy that was cut off must not look like a program.
    copyFileSync(join(folder, 'kubernetes'), `${binary}.${process.pid}`);
    renameSync(`${binary}.${process.pid}`, binary);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const linkerFlags = (): string => {
  const [major, minor] = kubernetesVersion.split('.');
  const version = { gitVersion: `v${kubernetesVersion}`, gitMajor: major, gitMinor: minor };
  const settings = Object.entries(version).map(
    ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`
  );
  return ['-s', '-w', ...settings].join(' ');
};

/** The versions are Kubernetes' own; what it keeps in its staging folder is published as v0.x. */
const writeModule = (folder: string): void => {
  const env = { GOFLAGS: '-mod=mod' };
  const module = `k8s.io/kubernetes@v${kubernetesVersion}`;
  writeFileSync(join(folder, 'go.mod'), 'module download\n');
  const found = JSON.parse(
    runProgram('go', ['mod', 'download', '-json', module], { cwd: folder, env })
  ) as { readonly Dir: string };
  const upstream = readFileSync(join(found.Dir, 'go.mod'), 'utf8');
  const staged = [...upstream.matchAll(/^\t(k8s\.io\/\S+) => \.\/staging/gm)].map((it) => it[1]);
  const library = kubernetesVersion.replace(/^1/, '0');
  const replaces = staged.map((name) => `\t${name} => ${name} v${library}`);
  const goMod = readFileSync(join(sources, 'go.mod.template'), 'utf8')
    .replace('{{version}}', kubernetesVersion)
    .replace('{{requires}}', (upstream.match(/^require \(\n[^)]*^\)/gm) ?? []).join('\n'))
    .replace('{{replaces}}', ['replace (', ...replaces, ')'].join('\n'));
  writeFileSync(join(folder, 'go.mod'), goMod);
  writeFileSync(join(folder, 'go.sum'), readFileSync(join(found.Dir, 'go.sum')));
  copyFileSync(join(sources, 'main.go'), join(folder, 'main.go'));
};
