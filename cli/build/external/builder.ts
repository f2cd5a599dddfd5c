import { join } from 'node:path';

export type BuilderName = 'docker' | 'podman' | 'buildah';

export interface ImageBuild {
  /** Where the builder writes the id of the image. */
  readonly idFile: string;
  readonly dockerfile: string;
  readonly context: string;
  /** Names only: their values are in the builder's environment. */
  readonly args: readonly string[];
  /** Secrets that steps mount, and the variables of the builder that hold their values. */
  readonly secrets: readonly { readonly id: string; readonly variable: string }[];
  readonly target: string;
  readonly platform: string | undefined;
  readonly noCache: boolean;
}

export interface Push {
  /** `HOST/PATH:TAG`. */
  readonly reference: string;
  /** A folder with a `config.json` that holds the one login. */
  readonly logins: string;
  /** Where a builder that does so writes the digest of what it pushed. */
  readonly digestFile: string;
}

/** A program that builds and pushes images, by the arguments of its commands. */
export interface Builder {
  readonly name: BuilderName;
  readonly push: (push: Push) => readonly string[];
  /** Prints the digest by which it has an image from a registry. */
  readonly digestOf: (image: string) => readonly string[];
}

const docker: Builder = {
  name: 'docker',
  digestOf: (image) => ['image', 'inspect', '--format', '{{json .RepoDigests}}', image],
  push: ({ reference, logins }) => ['--config', logins, 'push', reference],
};

const daemonless = (name: 'podman' | 'buildah', digestOf: Builder['digestOf']): Builder => ({
  name,
  digestOf,
  push: ({ reference, logins, digestFile }) => [
    'push',
    '--authfile',
    join(logins, 'config.json'),
    '--digestfile',
    digestFile,
    // As Docker has it by itself: registries on this machine speak plain HTTP.
    ...(isLoopback(reference) ? ['--tls-verify=false'] : []),
    reference,
  ],
});

export const builders: Readonly<Record<BuilderName, Builder>> = {
  docker,
  podman: daemonless('podman', (image) => ['image', 'inspect', '--format', '{{.Digest}}', image]),
  buildah: daemonless('buildah', (image) => [
    'inspect',
    '--type',
    'image',
    '--format',
    '{{.FromImageDigest}}',
    image,
  ]),
};

const isLoopback = (reference: string): boolean =>
  /^(localhost|127\.\d+\.\d+\.\d+)[:/]/.test(reference);

/** The same for all of them. Build arguments without a value come from the environment. */
export const buildArguments = (build: ImageBuild): readonly string[] => [
  'build',
  '--iidfile',
  build.idFile,
  '--file',
  build.dockerfile,
  ...build.args.flatMap((name) => ['--build-arg', name]),
  ...build.secrets.flatMap(({ id, variable }) => ['--secret', `id=${id},env=${variable}`]),
  ...(build.target ? ['--target', build.target] : []),
  ...(build.platform ? ['--platform', build.platform] : []),
  ...(build.noCache ? ['--no-cache'] : []),
  build.context,
];
