import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseImageReference } from '../cluster/node/images/image-reference.ts';
import { BuildError } from './build-error.ts';
import { BuildLog, type StepNotes } from './build-log.ts';
import { type BuildOptions, readBuildOptions } from './build-options.ts';
import { buildWithStages } from './build-with-stages.ts';
import type { Builder, BuildPlace } from './builder.ts';
import { excerpt } from './dockerfile/excerpt.ts';
import { exportImage } from './export-image.ts';
import { chooseBuilder } from './programs/choose-builder.ts';
import { cacheFolder } from './registry/blob-cache.ts';
import { readLogins } from './registry/login.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface BuildHost {
  readonly environment: Environment;
  /** Of the machine that images run on. */
  readonly platform: NodeJS.Platform;
  /** Takes one line of output. */
  readonly write: (line: string) => void;
  /** In ms. */
  readonly now: () => number;
}

/** `buildctl-daemonless.sh build …`. Returns the exit code; the last line says why it is not 0. */
export const runBuild = async (argv: readonly string[], host: BuildHost): Promise<number> => {
  let options: BuildOptions;
  try {
    options = readBuildOptions(argv);
    requirePlace(options);
  } catch (error) {
    host.write(`error: ${(error as Error).message}`);
    return 1;
  }
  const workspace = mkdtempSync(join(tmpdir(), 'rackless-build-'));
  try {
    await build(options, workspace, host);
    return 0;
  } catch (error) {
    tell(error, options, host);
    return 1;
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
};

/** Names and folders are checked before any work begins. */
const requirePlace = ({ context, output }: BuildOptions): void => {
  if (!statSync(context, { throwIfNoEntry: false })?.isDirectory()) {
    throw new BuildError(`--local context=${context}: no such folder`);
  }
  if (!output.push || output.names.length === 0) {
    throw new BuildError(
      '--output needs name=HOST/REPOSITORY:TAG,push=true: images are not kept here'
    );
  }
  for (const name of output.names) parseImageReference(name);
};

const build = async (options: BuildOptions, workspace: string, host: BuildHost): Promise<void> => {
  const { environment, platform, write, now } = host;
  const log = new BuildLog(write, now);
  const place: BuildPlace = {
    log,
    platform,
    workspace,
    dockerfile: readDefinition(options),
    modified: new Date(1000 * Number(environment['SOURCE_DATE_EPOCH'] ?? 0)),
    logins: readLogins(environment['DOCKER_CONFIG']),
    cacheFolder: cacheFolder(environment),
  };
  const builder = await log.step('[internal] choose builder', (note) =>
    isCopy(place.dockerfile) ? copying(note) : chooseBuilder(environment, note)
  );
  await exportImage(await builder(options, place), options, place);
};

/** Programs would want TLS and logins of their own for what is but a pull and a push. */
const copying = async (note: StepNotes): Promise<Builder> => {
  note('builder: built-in (an image is copied)');
  return buildWithStages;
};

/** A Dockerfile of nothing but an image. One that can't be read is for its builder to refuse. */
const isCopy = (dockerfile: string): boolean => /^\s*FROM (?!scratch\s)\S+\s*$/i.test(dockerfile);

const readDefinition = ({ dockerfileFolder, filename }: BuildOptions): string => {
  try {
    return readFileSync(resolve(dockerfileFolder, filename), 'utf8');
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = isMissing ? 'no such file or directory' : (error as Error).message;
    throw new BuildError(`failed to read dockerfile: open ${filename}: ${reason}`, {
      cause: error,
    });
  }
};

const tell = (error: unknown, options: BuildOptions, { write }: BuildHost): void => {
  if (error instanceof BuildError && error.line !== undefined) {
    for (const line of excerpt(readDefinition(options), options.filename, error.line)) write(line);
  }
  const isExpected = error instanceof Error;
  write(`error: failed to solve: ${isExpected ? error.message : String(error)}`);
};
