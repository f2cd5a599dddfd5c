const project = (name) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
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

/** One rack for all stories, with every function held to its own role. */
const e2e = {
  ...project('e2e'),
  globalSetup: '<rootDir>/test/e2e/start-plane.ts',
  globalTeardown: '<rootDir>/test/e2e/stop-plane.ts',
};

export default { projects: [project('unit'), integration, e2e, project('cluster')] };
