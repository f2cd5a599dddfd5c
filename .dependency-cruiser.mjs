/** A layer may import itself and what it is allowed to; only pure layers are barred from node:*. */
const layer = (name, comment, allowed, { pure = false } = {}) => ({
  name: `${name} stays in its layer`,
  severity: 'error',
  comment,
  from: { path: `^${name}/` },
  to: { pathNot: [`^${name}/`, ...allowed], ...(!pure && { dependencyTypesNot: ['core'] }) },
});

export default {
  forbidden: [
    layer('contracts', 'The wire format knows zod and nothing else.', ['^node_modules/zod/'], {
      pure: true,
    }),
    layer(
      'core',
      'Decisions are pure: no SDK, no clock, no environment, no wire format. YAML is a pure parser; hashing and compression come from node:crypto and node:zlib.',
      ['^node_modules/yaml/', '^(node:)?(crypto|zlib)$'],
      { pure: true }
    ),
    layer('adapters', 'Adapters implement the ports of the core.', ['^core/', '^node_modules/']),
    layer('functions', 'Functions join a contract to a use case.', [
      '^core/',
      '^contracts/',
      '^adapters/',
      '^node_modules/',
    ]),
    {
      ...layer(
        'cli',
        'The CLI is one more API client. What it decides itself, it decides as the rack does.',
        [
          '^contracts/',
          // An external build is planned, and its log read, by the rules of a build in the rack.
          '^core/(errors|manifests/|environments/|builds/(build-plan|parse-build-args|provenance))',
          // What the rack would refuse is refused before anything is sent.
          '^core/(registries/image-name|objects/largest)',
          '^node_modules/',
          '^package.json$',
        ]
      ),
      from: { path: '^cli/', pathNot: '^cli/commands/(rescue|verdict)/' },
    },
    {
      ...layer(
        'cli/commands/rescue',
        'A rescue is for when there is no rack to ask: it runs the use case itself, against the cluster.',
        ['^cli/', '^contracts/', '^core/', '^adapters/kubernetes/', '^node_modules/yaml/']
      ),
    },
    layer(
      'cli/commands/verdict',
      'A replay judges a recording offline, by the very rules of the rack: no rack is asked.',
      [
        '^cli/',
        '^core/(verdicts/|rendering/verdict-settings|manifests/fields/nearest-key)',
        '^node_modules/zod/',
      ]
    ),
    {
      name: 'the CLI carries no cloud SDK',
      severity: 'error',
      from: { path: '^cli/' },
      to: { path: '^node_modules/(@aws-sdk|@kubernetes|@smithy|@middy)/' },
    },
    {
      name: 'adapters are chosen in the composition root',
      severity: 'error',
      from: { path: '^functions/', pathNot: '^functions/runtime/dependencies/' },
      to: { path: '^adapters/' },
    },
    {
      name: 'function groups do not import each other',
      severity: 'error',
      comment: 'Compose in a state machine or in the core, never by importing another handler.',
      from: {
        path: '^functions/(api|archives|cluster|adoption|credentials|promotion|build|events|authorizer)/',
      },
      to: {
        path: '^functions/(api|archives|cluster|adoption|credentials|promotion|build|events|authorizer)/',
        pathNot: '^functions/$1/',
      },
    },
    {
      name: 'nothing ships local or test code',
      severity: 'error',
      from: { pathNot: '^(infra|test)/' },
      to: { path: '^(infra|test)/' },
    },
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no dev dependency in shipped code',
      severity: 'error',
      from: { path: '^(contracts|core|adapters|functions|cli)/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: '/@types/' },
    },
    { name: 'every import resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: '^node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node'],
    },
  },
};
