import { afterAll, beforeAll, describe } from '@jest/globals';
import type { BuilderName } from '#cli/build/external/builder.ts';
import type { Engine } from '../docker/engine.ts';
import { engineObstacle, startEngine } from '../docker/start-engine.ts';
import { ExternalBed } from './external-bed.ts';
import { hasRegistryPrograms } from './programs.ts';

const builders: readonly BuilderName[] = ['docker', 'podman', 'buildah'];

const canRun = hasRegistryPrograms();

/** Those that this machine can have, if it can have the registry. */
export const buildersHere = builders.filter((it) => canRun && !engineObstacle(it));

/** Names for the tests; where they are skipped, that of one builder that is not here. */
export const namedBuilders: readonly BuilderName[] =
  buildersHere.length > 0 ? buildersHere : ['docker'];

export const describeHere = buildersHere.length > 0 ? describe : describe.skip;

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

interface Rig {
  readonly bed: ExternalBed;
  /** `build` of the client with one builder, which has an engine of its own for the tests around. */
  readonly buildsWith: (name: BuilderName) => (given?: Given) => ReturnType<ExternalBed['build']>;
}

/** One bed for all tests of a file, opened before them. */
export const externalRig = (): Rig => {
  let bed: ExternalBed;
  beforeAll(async () => {
    if (buildersHere.length > 0) bed = await ExternalBed.open();
  });
  afterAll(() => bed?.close());
  return {
    get bed() {
      return bed;
    },
    buildsWith: (name) => {
      let engine: Engine;
      beforeAll(async () => {
        engine = await startEngine(name, [bed.registry.host]);
      });
      afterAll(() => engine?.stop());
      return (given = {}) =>
        bed.build(`--builder ${name}${given.args ?? ''}`, {
          ...given,
          env: { ...engine.env, ...given.env },
        });
    },
  };
};
