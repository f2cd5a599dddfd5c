export interface DockerfileScan {
  /** Names of `ARG` instructions, in order. */
  readonly args: readonly string[];
  /** Ids of the secrets that `RUN --mount=type=secret` asks for, in order. */
  readonly secrets: readonly string[];
  /** There is a stage `FROM … AS development`. */
  readonly hasDevelopment: boolean;
}

/** What a build has to know of a Dockerfile before it runs: no parser, because only these lines matter. */
export const scanDockerfile = (text: string): DockerfileScan => {
  const lines = text.replaceAll(/\\\r?\n/g, ' ').split('\n');
  return {
    args: [...new Set(lines.flatMap(argNames))],
    secrets: [...new Set(lines.flatMap(secretIds))],
    hasDevelopment: lines.some((line) => /^\s*FROM\s.*\sAS\s+development\s*$/i.test(line)),
  };
};

const argNames = (line: string): readonly string[] => {
  const [, names = ''] = /^\s*ARG\s+(.*)$/i.exec(line) ?? [];
  return [...names.matchAll(/(?:^|\s)([A-Za-z_]\w*)(?==|\s|$)/g)].map(([, name = '']) => name);
};

/** The flags that stand between RUN and its command. */
const secretIds = (line: string): readonly string[] => {
  const [, flags = ''] = /^\s*(?:ONBUILD\s+)?RUN((?:\s+--\w+(?:=\S*)?)+)/i.exec(line) ?? [];
  return [...flags.matchAll(/\s--mount=(\S+)/g)]
    .map(([, mount = '']) => secretId(mount.replaceAll('"', '').split(',')))
    .filter((id) => id !== '');
};

/** BuildKit's rule: its id, or else the last part of the path that it is mounted at. */
const secretId = (fields: readonly string[]): string => {
  const fieldOf = (...names: readonly string[]): string =>
    fields
      .find((field) => names.some((name) => field.startsWith(`${name}=`)))
      ?.replace(/^\w+=/, '') ?? '';
  if (fieldOf('type') !== 'secret') return '';
  const target = fieldOf('target', 'dst', 'destination');
  return fieldOf('source', 'src', 'id') || (target.split('/').at(-1) ?? '');
};
