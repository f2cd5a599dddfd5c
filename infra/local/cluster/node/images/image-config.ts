/** The part of an OCI image's `config` that running it needs. `User` is ignored: pods run as the caller. */
export interface ImageConfig {
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly Env?: readonly string[] | null;
  readonly WorkingDir?: string;
  readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
}

export interface Descriptor {
  readonly mediaType?: string;
  readonly digest: string;
  readonly size?: number;
  readonly platform?: { readonly os?: string; readonly architecture?: string };
}

/** An image manifest, or an index of them. */
export interface Manifest {
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/**
 * The manifest of an index that fits this machine, or else the first: built-in builds carry no
 * binaries, so any platform may do.
 */
export const choosePlatform = (index: Manifest): Descriptor | undefined => {
  const architecture = architectures[process.arch] ?? process.arch;
  const manifests = index.manifests ?? [];
  return (
    manifests.find(
      ({ platform }) => platform?.os === 'linux' && platform.architecture === architecture
    ) ?? manifests[0]
  );
};
