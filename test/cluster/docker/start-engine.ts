import type { BuilderName } from '#cli/build/external/builder.ts';
import type { Engine } from './engine.ts';
import { openDaemonless } from './open-daemonless.ts';
import { obstacle } from './packages.ts';
import { startDocker } from './start-docker.ts';

/** Why there can be no such program on this machine; says so. */
export const engineObstacle = (name: BuilderName): string | undefined => {
  const why = obstacle(name === 'docker' ? 'dockerd' : name);
  if (why) console.warn(`SKIPPED: builds by ${name}: ${why}`);
  return why;
};

/** @param registries those that speak plain HTTP elsewhere than on the loopback: HOST:PORT. */
export const startEngine = async (
  name: BuilderName,
  registries: readonly string[] = []
): Promise<Engine> => {
  if (name !== 'docker') return openDaemonless(name, registries);
  const { host, stop } = await startDocker();
  return { env: { DOCKER_HOST: host }, stop };
};
