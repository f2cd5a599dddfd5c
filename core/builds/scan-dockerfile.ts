export interface DockerfileScan {
  /** Names of `ARG` instructions, in order. */
  readonly args: readonly string[];
  /** There is a stage `FROM … AS development`. */
  readonly hasDevelopment: boolean;
}

/** What Convox looks for in a Dockerfile: no parser, because only these two lines matter. */
export const scanDockerfile = (text: string): DockerfileScan => {
  const lines = text.replaceAll(/\\\r?\n/g, ' ').split('\n');
  return {
    args: [...new Set(lines.flatMap(argNames))],
    hasDevelopment: lines.some((line) => /^\s*FROM\s.*\sAS\s+development\s*$/i.test(line)),
  };
};

const argNames = (line: string): readonly string[] => {
  const [, names = ''] = /^\s*ARG\s+(.*)$/i.exec(line) ?? [];
  return [...names.matchAll(/(?:^|\s)([A-Za-z_]\w*)(?==|\s|$)/g)].map(([, name = '']) => name);
};
