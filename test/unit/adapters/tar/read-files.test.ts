import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { Header, Pax } from 'tar';
import { readFiles } from '#adapters/tar/read-files.ts';

interface Entry {
  readonly path: string;
  readonly content?: string | Buffer;
  readonly type?: 'File' | 'SymbolicLink' | 'Directory';
  /** When it lies about its content. */
  readonly size?: number;
}

const block = 512;

const entryOf = ({ path, content = '', type = 'File', size }: Entry): Buffer => {
  const bytes = Buffer.from(content);
  const header = new Header({
    path,
    type,
    size: size ?? bytes.length,
    mode: 0o644,
    mtime: new Date(0),
    ...(type === 'SymbolicLink' && { linkpath: '/etc/passwd' }),
  });
  header.encode();
  const padding = Buffer.alloc((block - (bytes.length % block)) % block);
  return Buffer.concat([header.block ?? Buffer.alloc(0), bytes, padding]);
};

const tar = (...entries: Entry[]): Buffer =>
  Buffer.concat([...entries.map(entryOf), Buffer.alloc(2 * block)]);

const archive = (...entries: Entry[]): Readable =>
  Readable.from(chunksOf(gzipSync(tar(...entries))));

/** Small chunks, as a network brings them. */
function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 777) yield bytes.subarray(at, at + 777);
}

const limits = { fileBytes: 1000, totalBytes: 1_000_000, entries: 100 };

test('reads files by path, however the archive writes it, and leaves out the others', async () => {
  const source = archive(
    { path: './', type: 'Directory' },
    { path: './convox.yml', content: 'services: {}\n' },
    { path: 'api//Dockerfile', content: 'FROM node' },
    { path: 'big', content: randomBytes(100_000) }
  );

  const files = await readFiles(source, ['convox.yml', 'api/Dockerfile', 'none']);

  expect([...files]).toEqual([
    ['convox.yml', 'services: {}\n'],
    ['api/Dockerfile', 'FROM node'],
  ]);
});

test('reads long paths', async () => {
  const path = `${'deep/'.repeat(60)}Dockerfile`;
  const pax = new Pax({ path }).encode();
  const bytes = Buffer.concat([pax, tar({ path: 'short', content: 'FROM x' })]);

  const files = await readFiles(Readable.from([gzipSync(bytes)]), [path]);

  expect(files.get(path)).toBe('FROM x');
});

test('stops when it has what it wants', async () => {
  const good = await buffer(
    archive({ path: 'convox.yml', content: 'x' }, { path: 'rest', content: randomBytes(300_000) })
  );
  let sent = 0;
  const source = Readable.from(
    (function* () {
      for (const chunk of chunksOf(good)) {
        sent += chunk.length;
        yield chunk;
      }
    })()
  );

  const files = await readFiles(source, ['convox.yml']);

  expect(files.get('convox.yml')).toBe('x');
  expect(sent).toBeLessThan(good.length / 2);
});

test('does not follow links', async () => {
  const files = await readFiles(archive({ path: 'convox.yml', type: 'SymbolicLink' }), [
    'convox.yml',
  ]);

  expect([...files]).toEqual([]);
});

test('does not take a name like a property for a file', async () => {
  const files = await readFiles(archive({ path: 'constructor', content: 'x' }), ['__proto__']);

  expect([...files]).toEqual([]);
});

test('refuses a file that is too large by its own word', async () => {
  const source = archive({ path: 'convox.yml', content: 'x'.repeat(1001) });

  await expect(readFiles(source, ['convox.yml'], limits)).rejects.toThrow(
    'convox.yml is larger than 1000 bytes'
  );
});

test('refuses an archive that grows without end', async () => {
  const source = archive({ path: 'zeros', content: Buffer.alloc(2_000_000) });

  await expect(readFiles(source, ['convox.yml'], limits)).rejects.toMatchObject({
    kind: 'too-large',
  });
});

test('refuses an archive of too many files', async () => {
  const source = archive(...Array.from({ length: 200 }, (_, index) => ({ path: `f${index}` })));

  await expect(readFiles(source, ['convox.yml'], limits)).rejects.toThrow('too many files');
});

test.each([
  ['no gzip at all', Buffer.from('services: {}')],
  ['cut off', gzipSync(tar({ path: 'x', content: randomBytes(5000) })).subarray(0, 3000)],
  ['empty', Buffer.alloc(0)],
  ['gzip of something else', gzipSync(randomBytes(5000))],
])('refuses what is %s', async (_, bytes) => {
  await expect(readFiles(Readable.from([bytes]), ['convox.yml'])).rejects.toMatchObject({
    kind: 'invalid',
  });
});

test('passes on the trouble of the network', async () => {
  const source = new Readable({ read: () => undefined });
  const reading = readFiles(source, ['convox.yml']);
  source.destroy(new Error('connection reset'));

  await expect(reading).rejects.toThrow('connection reset');
});
