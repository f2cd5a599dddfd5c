import { createChunkUploads } from '#contracts/objects.ts';
import type { Context } from '../context.ts';
import { retrying } from '../events/retrying.ts';
import type { Chunk, PiecedContent } from './chunks.ts';
import { batchBytes, ChunkPacker, type PackedChunk } from './pack-chunk.ts';
import { failed, putChunk } from './put-chunk.ts';
import type { UploadProgress } from './upload-progress.ts';

/** One is compressed while the other is on its way. */
const batchesAtOnce = 2;
/** An address is good for 15 minutes, and a slow line may need some of them. */
const addressAge = 10 * 60_000;

interface Sending {
  readonly context: Context;
  readonly archive: PiecedContent;
  readonly progress: UploadProgress;
}

/** Compresses chunks and sends them, several at a time, in bounded memory. */
export const sendChunks = async (sending: Sending, chunks: readonly Chunk[]): Promise<void> => {
  const queue = batchesOf(chunks).values();
  const worker = async (): Promise<void> => {
    const packer = new ChunkPacker(sending.archive);
    for (const batch of queue) await sendBatch(sending, await packer.pack(batch));
  };
  await Promise.all(Array.from({ length: batchesAtOnce }, worker));
};

const batchesOf = (chunks: readonly Chunk[]): Chunk[][] => {
  const batches: Chunk[][] = [];
  let room = 0;
  for (const chunk of chunks) {
    if (chunk.size > room) {
      batches.push([]);
      room = batchBytes;
    }
    batches.at(-1)?.push(chunk);
    room -= chunk.size;
  }
  return batches;
};

/** One call asks for the addresses of all of them. */
const sendBatch = async (sending: Sending, packed: readonly PackedChunk[]): Promise<void> => {
  const addresses = await Addresses.ask(sending, packed);
  await Promise.all(packed.map((chunk) => send(sending, chunk, addresses)));
};

const send = async (
  { context, progress }: Sending,
  { sha256, size, content, packed }: PackedChunk,
  addresses: Addresses
): Promise<void> => {
  await putChunk(context.host, {
    content,
    address: (isOld) => addresses.of({ sha256, packed }, isOld),
    onSent: (bytes) => progress.advance(bytes, (bytes / content.length) * size),
  });
  progress.arrived();
};

type Asking = Pick<Sending, 'context' | 'archive'>;
type Wanted = Pick<PackedChunk, 'sha256' | 'packed'>;
type Address = Awaited<ReturnType<typeof ask>>[number];

const ask = async ({ context, archive: { purpose } }: Asking, chunks: readonly Wanted[]) => {
  const wanted = chunks.map(({ sha256, packed }) => ({ sha256, packed }));
  const { uploads } = await retrying(context, () =>
    context.call(createChunkUploads, { app: context.app(), chunks: wanted, purpose })
  );
  return uploads;
};

/** Addresses of one batch, asked for again when they have become old. */
class Addresses {
  readonly #asking: Asking;
  readonly #uploads: readonly Address[];
  readonly #asked: number;

  private constructor(asking: Asking, uploads: readonly Address[]) {
    this.#asking = asking;
    this.#uploads = uploads;
    this.#asked = this.#now();
  }

  static async ask(asking: Asking, chunks: readonly Wanted[]): Promise<Addresses> {
    return new Addresses(asking, await ask(asking, chunks));
  }

  async of(chunk: Wanted, isOld: boolean): Promise<Address> {
    const isGood = !isOld && this.#now() - this.#asked < addressAge;
    const uploads = isGood ? this.#uploads : await ask(this.#asking, [chunk]);
    const address = uploads.find((it) => it.sha256 === chunk.sha256);
    if (!address) throw failed('the rack gave no address for a part of it');
    return address;
  }

  #now(): number {
    return this.#asking.context.host.clock.now().getTime();
  }
}
