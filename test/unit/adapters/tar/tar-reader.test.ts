import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Header, type HeaderData } from 'tar';
import { tarEntries } from '#adapters/tar/tar-reader.ts';

interface Part {
  readonly path: string;
  readonly content: Buffer;
}

const entry = ({ path, content }: Part, more: HeaderData = {}): Buffer => {
  const header = new Header({ path, size: content.length, mode: 0o644, type: 'File', ...more });
  header.encode();
  const rest = (512 - (content.length % 512)) % 512;
  return Buffer.concat([header.block ?? Buffer.alloc(0), content, Buffer.alloc(rest)]);
};

const tarOf = (...entries: readonly Buffer[]): Buffer =>
  Buffer.concat([...entries, Buffer.alloc(1024)]);

const file = (path: string, content: string): Part => ({ path, content: Buffer.from(content) });

async function* pieces(content: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

const readAll = async (archive: Buffer, size = 700, wants = (_path: string) => true) => {
  const read: { path: string; text?: string }[] = [];
  for await (const { path, content } of tarEntries(pieces(archive, size))) {
    if (!wants(path)) {
      read.push({ path });
      continue;
    }
    const parts: Uint8Array[] = [];
    for await (const part of content) parts.push(part);
    read.push({ path, text: Buffer.concat(parts).toString() });
  }
  return read;
};

test('gives every file, in whatever pieces the archive comes and whatever is passed over', async () => {
  const text = fc.string({ minLength: 0, maxLength: 3000, unit: 'grapheme-ascii' });

  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 2000 }),
      fc.nat({ max: 63 }),
      async (texts, size, skipped) => {
        const files = texts.map((it, at) => file(`file-${at}`, it));
        const isWanted = (path: string) => ((skipped >> Number(path.slice(5))) & 1) === 0;

        expect(await readAll(tarOf(...files.map((it) => entry(it))), size, isWanted)).toEqual(
          texts.map((it, at) =>
            isWanted(`file-${at}`) ? { path: `file-${at}`, text: it } : { path: `file-${at}` }
          )
        );
      }
    )
  );
});

test('gives the files of an archive in it under its name, and passes a folder without a name over', async () => {
  const image = tarOf(
    entry(file('index.json', '{}')),
    entry(file('blobs/sha256/x', 'y'.repeat(600)))
  );
  const folder = entry(file('', ''), { type: 'Directory' });
  const archive = tarOf(
    entry(file('build.json', '{}')),
    folder,
    entry({ path: 'web.B1.tar', content: image }),
    entry(file('after', 'z'))
  );

  expect((await readAll(archive)).map((it) => it.path)).toEqual([
    'build.json',
    'web.B1.tar/index.json',
    'web.B1.tar/blobs/sha256/x',
    'after',
  ]);
});

test('tells links and folders from files', async () => {
  const archive = tarOf(
    entry(file('link', ''), { type: 'SymbolicLink', linkpath: '/etc/passwd' }),
    entry(file('folder/', ''), { type: 'Directory' }),
    entry(file('file', 'x'))
  );
  const seen: [string, boolean][] = [];

  for await (const { path, isFile } of tarEntries(pieces(archive, 512))) seen.push([path, isFile]);

  expect(seen).toEqual([
    ['link', false],
    ['folder/', false],
    ['file', true],
  ]);
});

test.each([
  ['is no tar', Buffer.from('hello '.repeat(300))],
  ['is cut off in a file', tarOf(entry(file('a', 'x'.repeat(3000)))).subarray(0, 1500)],
  [
    'has a changed header',
    Buffer.concat([Buffer.from('X'), tarOf(entry(file('a', 'x'))).subarray(1)]),
  ],
])('an archive that %s is refused', async (_, archive) => {
  await expect(readAll(archive)).rejects.toMatchObject({
    name: 'InvalidRequestError',
    message: expect.stringMatching(/^the archive is broken: /),
  });
});
