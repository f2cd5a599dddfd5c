import { expect, test } from '@jest/globals';
import type { ArchiveFile, Archives } from '#core/archives/ports.ts';
import { freshName } from '#test/samples.ts';

async function* filesOf(
  contents: Readonly<Record<string, Uint8Array>>,
  failure?: Error
): AsyncGenerator<ArchiveFile> {
  for (const [path, content] of Object.entries(contents)) {
    yield { path, size: content.length, content: pieces(content) };
  }
  if (failure) throw failure;
}

async function* pieces(content: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 100_000) yield content.subarray(at, at + 100_000);
}

const readAll = async (archives: Archives, app: string, key: string) => {
  const read: [string, boolean, Buffer][] = [];
  for await (const { path, isFile, content } of archives.read(app, key)) {
    const parts: Uint8Array[] = [];
    for await (const part of content) parts.push(part);
    read.push([path, isFile, Buffer.concat(parts)]);
  }
  return read;
};

/** What every implementation of `Archives` does. */
export const archivesBehaveLike = (name: string, create: () => Archives): void => {
  test(`${name}: gives back the files that were written, in their order`, async () => {
    const [archives, app] = [create(), freshName()];
    const contents = {
      'build.json': Buffer.from('{}'),
      empty: Buffer.alloc(0),
      'blobs/sha256/x': Buffer.alloc(700_001, 'layer'),
    };

    await archives.write(app, 'exports/B1.tgz', filesOf(contents));

    expect(await readAll(archives, app, 'exports/B1.tgz')).toEqual(
      Object.entries(contents).map(([path, content]) => [path, true, content])
    );
  });

  test(`${name}: leaves nothing of what could not be written in whole`, async () => {
    const [archives, app] = [create(), freshName()];
    const failure = new Error('the registry is away');
    const contents = { large: Buffer.alloc(20_000_000, 'x') };

    await expect(archives.write(app, 'exports/B1.tgz', filesOf(contents, failure))).rejects.toThrow(
      'the registry is away'
    );

    await expect(readAll(archives, app, 'exports/B1.tgz')).rejects.toMatchObject({
      name: 'NotFoundError',
      message: 'archive not found: exports/B1.tgz',
    });
  });
};
