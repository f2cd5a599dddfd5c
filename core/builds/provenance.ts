/** How the images of a build came about. */
export interface Provenance {
  /** With its version: `buildkit 0.34.2`; its image where it tells none. */
  readonly builder: string;
  /** As they were resolved for this build. */
  readonly bases: readonly BaseImage[];
  /** A list of what is in them is attached to the images. */
  readonly sbom: boolean;
}

/** The exported build that one is a copy of, in the words of its archive; empty for what that leaves out. */
export interface Origin {
  readonly rack: string;
  readonly app: string;
  readonly build: string;
}

export interface BaseImage {
  readonly image: string;
  /** `sha256:…` */
  readonly digest: string;
}

/**
 * The images that BuildKit's plain log says a build took as its bases, sorted. Lines of a step begin with
 * its time, so that nothing that a step prints looks like one.
 */
export const basesIn = (log: string): readonly BaseImage[] => {
  const found = log.matchAll(
    /^(?:\[\S+\] )?#\d+ \[[^\]]*\] FROM (\S+?)(?:@(sha256:[0-9a-f]{64}))$/gm
  );
  const bases = new Map(
    [...found].map(([, image = '', digest = '']) => [`${image}@${digest}`, { image, digest }])
  );
  return [...bases.keys()]
    .toSorted((one, other) => (one < other ? -1 : 1))
    .flatMap((key) => bases.get(key) ?? []);
};

/** What `buildctl --version` says, cut down; the image for programs that were built without a version. */
export const builderOf = (version: string, image: string): string => {
  const [, number] = /\bv?(\d+\.\d+\.\d+(?:-\S+)?)(?:\s|$)/.exec(version) ?? [];
  return number ? `buildkit ${number}` : image;
};
