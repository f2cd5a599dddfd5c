import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseImageReference } from '../../cluster/node/images/image-reference.ts';
import { BuildError, NoRegistryError } from '../build-error.ts';
import type { BuildOptions } from '../build-options.ts';
import type { Builder, BuildPlace } from '../builder.ts';
import type { Program } from './find-program.ts';
import { readImageArchive } from './read-image-archive.ts';
import { runProgram } from './run-program.ts';

/**
 * Builds with a container program, takes the image out of its store as an archive, and leaves the push
 * to us: a daemon may live in a machine of its own, which this machine's registry can't be reached from.
 */
export const buildWithProgram =
  (program: Program): Builder =>
  async (options, place) => {
    const idFile = join(place.workspace, 'image-id');
    const archive = join(place.workspace, 'image.tar');
    for (const note of options.notes) place.log.line(`note: ${note}`);
    await run(program, buildArguments(program, options, idFile), place);
    const id = readFileSync(idFile, 'utf8').trim();
    return await place.log.step(`exporting from ${program.name}`, async () => {
      await run(program, saveArguments(program, id, archive), place);
      return await readImageArchive(archive, place.workspace);
    });
  };

const run = async (
  { name, path, environment }: Program,
  args: readonly string[],
  { log }: BuildPlace
): Promise<void> => {
  let last = '';
  const line = (text: string): void => {
    log.line(text);
    if (text.trim() !== '') last = text.trim();
  };
  const code = await runProgram(path, { args, environment, line });
  if (code !== 0) {
    log.line(`note: a rack that is started with LOCAL_BUILDER=built-in builds without ${name}`);
    const Failure = noRegistry.test(last) ? NoRegistryError : BuildError;
    throw new Failure(`${name} ${args[0] ?? ''} ended with exit code ${code}: ${last}`);
  }
};

/**
 * The last words of all three are those of Go's network library then; a step of the Dockerfile that
 * fails ends with its exit code instead.
 */
const noRegistry = /dial tcp|no such host|TLS handshake timeout|Client\.Timeout exceeded/;

const several = (flag: string, values: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);

const buildArguments = (
  { name, hasBuildx }: Program,
  options: BuildOptions,
  idFile: string
): readonly string[] => [
  ...(hasBuildx ? ['buildx', 'build', '--load'] : ['build']),
  // Without it buildah keeps no cache, and every build has another digest.
  ...(name === 'buildah' ? ['--layers'] : []),
  ...['--iidfile', idFile, '--tag', tagOf(options)],
  ...['--file', resolve(options.dockerfileFolder, options.filename)],
  ...several('--build-arg', options.buildArgs),
  ...several('--label', options.labels),
  ...options.secrets.flatMap((secret) => ['--secret', secret]),
  ...(options.target === undefined ? [] : ['--target', options.target]),
  ...(options.noCache ? ['--no-cache'] : []),
  resolve(options.context),
];

/** One name for all builds of a repository: the program's list of images stays short. */
const tagOf = ({ output }: BuildOptions): string => {
  const [name = 'image'] = output.names;
  return `rackless-build/${parseImageReference(name).repository}:latest`;
};

const saveArguments = ({ name }: Program, id: string, file: string): readonly string[] => {
  switch (name) {
    case 'docker':
      return ['save', '--output', file, id];
    case 'podman':
      return ['save', '--format', 'docker-archive', '--output', file, id];
    case 'buildah':
      return ['push', id, `docker-archive:${file}`];
  }
};
