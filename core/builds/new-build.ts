import type { Build } from './build.ts';

type Known = Pick<Build, 'app' | 'source' | 'started' | 'actor'>;

/** The record of a build that has just begun: nothing is known of it but what is given. */
export const newBuild = (given: Known & Partial<Omit<Build, 'id'>>): Omit<Build, 'id'> => ({
  status: 'created',
  description: '',
  gitSha: '',
  manifestPath: 'convox.yml',
  manifest: '',
  buildArgs: {},
  noCache: false,
  development: false,
  external: false,
  images: [],
  release: '',
  reason: '',
  entrypoint: '',
  ended: '',
  ...given,
});
