import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDocker } from '#test/cluster/docker/start-docker.ts';
import { BuildApp } from '../build/build-app.ts';
import { timed } from '../cluster/rack.ts';
import { median, report, rounded } from '../measure.ts';

/** Work for a core, and layers of 40 MB that no registry has yet. */
const steps = (megabytes: number): readonly string[] => [
  `dd if=/dev/zero bs=1M count=${megabytes} 2>/dev/null | gzip | sha256sum > /sum`,
  'dd if=/dev/urandom of=/one bs=1M count=20 2>/dev/null',
  'dd if=/dev/urandom of=/two bs=1M count=20 2>/dev/null',
];

const sources = { seconds: steps(500), 'half a minute': steps(4000) };

/** The same image: `rackless build --external`, and `docker build && docker push` typed by hand. */
export const externalBuild = async (registry: string, rounds: number): Promise<void> => {
  const engine = await startDocker();
  process.env['DOCKER_HOST'] = engine.host;
  try {
    for (const [source, work] of Object.entries(sources)) {
      const app = await BuildApp.create('bench-external', work);
      try {
        await compare(app, { source, registry, rounds });
      } finally {
        await app.remove();
      }
    }
  } finally {
    delete process.env['DOCKER_HOST'];
    await engine.stop();
  }
};

interface Setting {
  readonly source: string;
  readonly registry: string;
  readonly rounds: number;
}

/** By turns, so that both see the same load. */
const compare = async (app: BuildApp, { source, registry, rounds }: Setting): Promise<void> => {
  const [ours, byHand]: [number[], number[]] = [[], []];
  const logins = writeLogin(registry);
  // Makes the repository.
  await app.build('--external');
  try {
    for (let round = 1; round <= rounds; round++) {
      const { started, ended } = await app.build('--external');
      ours.push(ended - started);
      const image = app.imageByHand(registry, round);
      byHand.push(await buildByHand({ image, context: app.path, logins }));
    }
  } finally {
    rmSync(logins, { recursive: true });
  }
  report('external-build', {
    source,
    rackless: rounded(median(ours), 0),
    docker: rounded(median(byHand), 0),
    ratio: rounded(median(ours) / median(byHand), 2),
    rounds,
    unit: 'ms',
  });
};

/** Docker's configuration, with a login that the emulator's registry takes. */
const writeLogin = (registry: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'rackless-bench-login-'));
  const auth = Buffer.from('AWS:anything').toString('base64');
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: { [registry]: { auth } } }));
  return folder;
};

interface HandBuild {
  readonly image: string;
  readonly context: string;
  readonly logins: string;
}

/** Milliseconds. */
const buildByHand = async ({ image, context, logins }: HandBuild): Promise<number> => {
  const script =
    'docker build --no-cache --tag "$0" "$1" && docker --config "$2" push "$0" && docker rmi "$0"';
  const args = ['-c', script, image, context, logins];
  const { code, started, ended, lines } = await timed('sh', args, { seconds: 500 });
  if (code === 0) return ended - started;
  throw new Error(`docker failed: ${lines.map((it) => it.text).join('\n')}`);
};
