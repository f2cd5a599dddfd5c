export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
}

/** A layer that lies in a file on this machine, as it is pushed. */
export interface Layer {
  readonly descriptor: Descriptor;
  /** Digest of the plain tar. */
  readonly diffId: string;
  readonly file: string;
}

export const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';
