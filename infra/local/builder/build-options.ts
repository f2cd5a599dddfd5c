import { parseArgs } from 'node:util';
import { BuildError } from './build-error.ts';

export interface Output {
  /** `HOST/REPOSITORY:TAG` */
  readonly names: readonly string[];
  readonly push: boolean;
  /** The registry speaks plain http. */
  readonly insecure: boolean;
}

/** What `buildctl build` was asked to do. */
export interface BuildOptions {
  readonly context: string;
  readonly dockerfileFolder: string;
  readonly filename: string;
  readonly target: string | undefined;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** `id=NAME,env=VARIABLE`, for programs that take secrets. */
  readonly secrets: readonly string[];
  readonly noCache: boolean;
  readonly output: Output;
  readonly metadataFile: string | undefined;
  /** About options that were taken without an effect. */
  readonly notes: readonly string[];
}

const several = { type: 'string', multiple: true, default: [] as string[] } as const;

const flags = {
  progress: { type: 'string', default: 'auto' },
  frontend: { type: 'string', default: '' },
  local: several,
  opt: several,
  secret: several,
  output: several,
  'metadata-file': { type: 'string' },
  'no-cache': { type: 'boolean', default: false },
  // A cache in the registry is of no use here: layers are compared with the registry's by content.
  'import-cache': several,
  'export-cache': several,
} as const;

const parse = (argv: readonly string[]) => {
  try {
    return parseArgs({ args: [...argv], options: flags, allowPositionals: true });
  } catch (error) {
    throw new BuildError((error as Error).message.replace(/\. To specify.*$/s, ''), {
      cause: error,
    });
  }
};

/** `K=V`; the value may hold further equals signs. */
const pair = (text: string, option: string): readonly [string, string] => {
  const equals = text.indexOf('=');
  if (equals < 1) {
    throw new BuildError(`invalid value ${text} of --${option}: expected NAME=VALUE`);
  }
  return [text.slice(0, equals), text.slice(equals + 1)];
};

const pairs = (texts: readonly string[], option: string): ReadonlyMap<string, string> =>
  new Map(texts.map((text) => pair(text, option)));

/** Reads the arguments of `buildctl-daemonless.sh`. Throws `BuildError` for what it does not know. */
export const readBuildOptions = (argv: readonly string[]): BuildOptions => {
  const { values, positionals } = parse(argv);
  requireBuild(positionals, values.frontend);
  const local = pairs(values.local, 'local');
  const opt = pairs(values.opt, 'opt');
  refuseUnknown([...opt.keys()]);
  const context = required(local, 'context');
  return {
    context,
    dockerfileFolder: local.get('dockerfile') ?? context,
    filename: opt.get('filename') ?? 'Dockerfile',
    target: opt.get('target') || undefined,
    buildArgs: withPrefix(opt, 'build-arg:'),
    labels: withPrefix(opt, 'label:'),
    secrets: values.secret,
    noCache: values['no-cache'] || opt.has('no-cache'),
    output: readOutput(values.output),
    metadataFile: values['metadata-file'],
    notes: [
      ...(opt.has('platform') ? [`platform ${opt.get('platform')} is ignored: ${hostOnly}`] : []),
      ...(opt.has('attest:sbom') ? ['an SBOM is not made here'] : []),
    ],
  };
};

const hostOnly = 'images are built for this machine';

const requireBuild = (positionals: readonly string[], frontend: string): void => {
  const [command, ...rest] = positionals;
  if (command !== 'build' || rest.length > 0) {
    throw new BuildError(
      `unknown command: ${positionals.join(' ') || '(none)'}; only build is known`
    );
  }
  if (frontend !== 'dockerfile.v0') {
    throw new BuildError(`unknown frontend: ${frontend || '(none)'}; only dockerfile.v0 is known`);
  }
};

const knownOpt = /^(?:filename|target|platform|no-cache|build-arg:.+|label:.+|attest:.+)$/;

const refuseUnknown = (names: readonly string[]): void => {
  const unknown = names.find((name) => !knownOpt.test(name));
  if (unknown !== undefined) {
    throw new BuildError(`unknown option: --opt ${unknown}`);
  }
};

const required = (local: ReadonlyMap<string, string>, name: string): string => {
  const value = local.get(name);
  if (value === undefined) {
    throw new BuildError(`missing option: --local ${name}=FOLDER`);
  }
  return value;
};

const withPrefix = (
  values: ReadonlyMap<string, string>,
  prefix: string
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...values]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value])
  );

/** Splits at commas that stand outside of double quotes: `type=image,"name=a,b"`. */
const commaValues = (text: string): string[] =>
  (text.match(/"(?:[^"]|"")*"|[^,]+/g) ?? []).map((field) =>
    field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field
  );

const knownOutput = /^(?:type|name|push|registry\.insecure|oci-mediatypes)$/;

const readOutput = (outputs: readonly string[]): Output => {
  const [text, ...others] = outputs;
  if (text === undefined || others.length > 0) {
    throw new BuildError('give exactly one --output type=image,name=HOST/REPOSITORY:TAG,push=true');
  }
  const values = pairs(commaValues(text), 'output');
  const unknown = [...values.keys()].find((name) => !knownOutput.test(name));
  if (unknown !== undefined) {
    throw new BuildError(`unknown option: --output ${unknown}`);
  }
  if (values.get('type') !== 'image') {
    throw new BuildError(
      `unknown output type: ${values.get('type') ?? '(none)'}; only image is known`
    );
  }
  return {
    names: (values.get('name') ?? '').split(',').filter((name) => name !== ''),
    push: values.get('push') === 'true',
    insecure: values.get('registry.insecure') === 'true',
  };
};
