import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PushCredential } from '#core/registries/ports.ts';
import { startDocker } from '#test/cluster/docker/start-docker.ts';

const run = promisify(execFile);

/** A Docker engine of the test's own, and its client with one login at a time. Gives what was said. */
export interface DockerClient {
  /** Builds a tiny image under each of the names. */
  build(...images: readonly string[]): Promise<string>;
  push(credential: PushCredential, image: string): Promise<string>;
  close(): Promise<void>;
}

export const openDockerClient = async (): Promise<DockerClient> => {
  const engine = await startDocker();
  const folder = await mkdtemp(join(tmpdir(), 'rackless-docker-'));
  const context = join(folder, 'context');
  await mkdir(context);
  await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /it\n');
  const own = { DOCKER_HOST: engine.host, DOCKER_CONFIG: folder, DOCKER_BUILDKIT: '0' };
  const docker = (...args: readonly string[]): Promise<string> =>
    run('docker', args, { env: { ...process.env, ...own }, timeout: 60_000 })
      .then(({ stdout }) => stdout)
      .catch(({ stderr }: { stderr: string }) => stderr);
  return {
    build: (...images) =>
      docker('build', '--quiet', ...images.flatMap((it) => ['--tag', it]), context),
    push: async ({ host, username, password }, image) => {
      const auth = Buffer.from(`${username}:${password}`).toString('base64');
      await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }));
      return docker('push', image);
    },
    close: async () => {
      await engine.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
