/** Why a build can't go on, for the person who started it. `line` is that of the Dockerfile, from 1. */
export class BuildError extends Error {
  override readonly name: string = 'BuildError';
  readonly line: number | undefined;

  constructor(message: string, options: ErrorOptions & { readonly line?: number } = {}) {
    super(message, options);
    this.line = options.line;
  }
}

/** The same failure, said to come from a line of the Dockerfile, unless it has one already. */
export const atLine = (error: unknown, line: number): unknown =>
  error instanceof Error && !(error instanceof BuildError && error.line !== undefined)
    ? new BuildError(error.message, { cause: error, line })
    : error;

/** A container program got at no registry: its base image may not be needed. */
export class NoRegistryError extends BuildError {
  override readonly name = 'NoRegistryError';
}

/** The built-in builder can't do it. */
export class UnsupportedError extends BuildError {
  override readonly name = 'UnsupportedError';
}

const wayOut =
  'install docker, podman or buildah on this machine, or use a real cluster with --kubeconfig';

/** For what the built-in builder can't honour: it says so instead of leaving it out. */
export const unsupported = (what: string, line: number): UnsupportedError =>
  new UnsupportedError(`line ${line}: ${what}, which the built-in builder cannot do; ${wayOut}`, {
    line,
  });
