import type { IncomingMessage } from 'node:http';

export type Bounded = Buffer | 'too large' | 'cut off';

/** The whole body of a message, unless it has more than `limit` bytes or ends before its end. */
export const readBounded = (message: IncomingMessage, limit: number): Promise<Bounded> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    message.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limit) {
        message.pause();
        message.removeAllListeners('data');
        resolve('too large');
      } else {
        chunks.push(chunk);
      }
    });
    message.once('end', () => resolve(Buffer.concat(chunks)));
    message.once('error', () => resolve('cut off'));
    message.once('close', () => resolve('cut off'));
  });
