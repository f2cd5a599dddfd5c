import type { BuilderName } from '#cli/build/external/builder.ts';
import { engineObstacle } from '../docker/start-engine.ts';
import type { ExternalBed } from './external-bed.ts';
import { hasRegistryPrograms } from './programs.ts';

const builders: readonly BuilderName[] = ['docker', 'podman', 'buildah'];

const canRun = hasRegistryPrograms();

/** Those that this machine can have, if it can have the registry. */
export const buildersHere = builders.filter((it) => canRun && !engineObstacle(it));

export type Given = NonNullable<Parameters<ExternalBed['build']>[1]> & { readonly args?: string };

type OnOutput = NonNullable<Given['onOutput']>;

/** Does something when the client has printed it, once: a second signal would end it at once. */
export const once = (pattern: RegExp, act: (send: Parameters<OnOutput>[1]) => void): OnOutput => {
  let isDone = false;
  return (text, send) => {
    if (isDone || !pattern.test(text)) return;
    isDone = true;
    act(send);
  };
};
