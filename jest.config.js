const project = (name, folder = name) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${folder}/**/*.test.ts`],
  extensionsToTreatAsEsm: ['.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.rackless/', '<rootDir>/.serverless/', '<rootDir>/dist/'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
});

/** One AWS emulator for all of them. */
const integration = {
  ...project('integration'),
  globalSetup: '<rootDir>/test/integration/start-emulator.ts',
  globalTeardown: '<rootDir>/test/integration/stop-emulator.ts',
};

/** Promotions under seeded faults, on the emulator and the cluster of KUBECONFIG or the embedded one. */
const chaos = { ...integration, ...project('chaos') };

/** One rack for all stories, with every function held to its own role. */
const onePlane = {
  globalSetup: '<rootDir>/test/e2e/start-plane.ts',
  globalTeardown: '<rootDir>/test/e2e/stop-plane.ts',
};
const e2e = { ...project('e2e'), ...onePlane };
/** Apart from the other stories, which need all parts of their rack. */
const kills = { ...project('kills'), ...onePlane };

/** Run against the cluster of KUBECONFIG; `conformance` and `engine` take the embedded one without. */
const conformance = project('conformance', 'cluster/conformance');
const engine = {
  ...project('engine', 'cluster/engine'),
  setupFilesAfterEnv: ['<rootDir>/test/cluster/patience.ts'],
};
/** Real registries that check credentials; need no cluster, but the packages that it brings. */
const registries = project('registries', 'cluster/registry');
const stories = {
  ...project('stories', 'cluster/stories'),
  ...onePlane,
  globalSetup: '<rootDir>/test/cluster/start-story-plane.ts',
};

export default {
  // A busy machine is slow, not wrong: what hangs is found all the same.
  testTimeout: 60_000,
  projects: [
    project('unit'),
    integration,
    e2e,
    kills,
    conformance,
    engine,
    stories,
    chaos,
    registries,
  ],
};
