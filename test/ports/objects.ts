import { expect, test } from '@jest/globals';
import type { Documents } from '#core/documents/ports.ts';
import type { Objects } from '#core/objects/ports.ts';
import { freshName } from '#test/samples.ts';

/** What every implementation of `Objects` does. */
export const objectsBehaveLike = (name: string, create: () => Objects): void => {
  test(`${name}: gives back what was written, under its app alone`, async () => {
    const [objects, app] = [create(), freshName()];
    const content = Buffer.from('log: ä€😀\n');

    await objects.write(app, 'builds/B1/log', content);

    expect(await objects.readText(app, 'builds/B1/log')).toBe('log: ä€😀\n');
    expect(await objects.size(app, 'builds/B1/log')).toBe(content.length);
    expect(await objects.readText(freshName(), 'builds/B1/log')).toBeUndefined();
    expect(await objects.size(app, 'builds/B1')).toBeUndefined();
  });

  test(`${name}: has nothing for those who ask for what was written later`, async () => {
    const [objects, app] = [create(), freshName()];
    await objects.write(app, 'sources/a', Buffer.from('content'));
    const now = Date.now();

    expect(await objects.size(app, 'sources/a', now - 3_600_000)).toBe(7);
    expect(await objects.size(app, 'sources/a', now + 3_600_000)).toBeUndefined();
  });

  test(`${name}: replaces content, also by nothing`, async () => {
    const [objects, app] = [create(), freshName()];
    await objects.write(app, 'objects/a', Buffer.from('first'));

    await objects.write(app, 'objects/a', new Uint8Array());

    expect(await objects.readText(app, 'objects/a')).toBe('');
    expect(await objects.size(app, 'objects/a')).toBe(0);
  });

  test(`${name}: signs size and checksum of an upload`, async () => {
    const [objects, app] = [create(), freshName()];
    const sha256 = '0f'.repeat(32);

    const { url, headers } = await objects.uploadAddress(app, 'sources/x.tgz', { sha256, size: 5 });

    expect(url).toContain(app);
    expect(headers).toEqual({
      'x-amz-checksum-sha256': Buffer.from(sha256, 'hex').toString('base64'),
      'content-length': '5',
    });
  });
};

/** What every implementation of `Documents` does. */
export const documentsBehaveLike = (name: string, create: () => Documents): void => {
  test(`${name}: gives back a document as JSON keeps it`, async () => {
    const [documents, app] = [create(), freshName()];
    const key = `apps/${app}/rendered/R1.json`;

    await documents.write(key, { v: 1, names: ['ä'], nothing: undefined, none: null });

    expect(await documents.read(key)).toEqual({ v: 1, names: ['ä'], none: null });
    expect(await documents.read(`apps/${app}/rendered/R2.json`)).toBeUndefined();
  });
};
