/** Bytes. No chunk is smaller, except the last one. */
const minimum = 1024 * 1024;
/** From here on a cut is 16 times as likely, which keeps most chunks near 4 MB. */
const normal = 3 * minimum;
export const maximumChunk = 8 * minimum;

/** One fixed pseudo-random number for each value of a byte (the finalizer of MurmurHash3). */
const gear = Int32Array.from({ length: 256 }, (_, value) => {
  let mixed = Math.imul(value + 1, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
});

/**
 * Length of the chunk that begins with these bytes: FastCDC (Xia et al., USENIX ATC 2016) with a window
 * of 32 bytes. `bytes` holds `maximumChunk` bytes, or all that are left. A cut depends on nothing but
 * the bytes just before it, so that cuts behind a change find their old places again.
 */
export const cutPoint = (bytes: Uint8Array): number => {
  const end = Math.min(bytes.length, maximumChunk);
  const rare = scan(bytes, { from: Math.min(minimum, end), to: Math.min(normal, end), bits: 24 });
  return rare ?? scan(bytes, { from: Math.min(normal, end), to: end, bits: 20 }) ?? end;
};

interface Range {
  readonly from: number;
  readonly to: number;
  /** A cut is where so many bits of the hash are zero. */
  readonly bits: number;
}

const scan = (bytes: Uint8Array, { from, to, bits }: Range): number | undefined => {
  const unused = 32 - bits;
  let hash = 0;
  // The hash of any place is that of the 32 bytes before it, wherever the scan began.
  for (let at = Math.max(from - 32, 0); at < from; at += 1) hash = next(hash, bytes[at]);
  for (let at = from; at < to; at += 1) {
    hash = next(hash, bytes[at]);
    if (hash >>> unused === 0) return at + 1;
  }
  return undefined;
};

const next = (hash: number, byte = 0): number => ((hash << 1) + (gear[byte] ?? 0)) | 0;
