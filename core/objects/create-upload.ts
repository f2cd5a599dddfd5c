import type { Apps } from '../apps/ports.ts';
import { requireOpenApp } from '../apps/require-open-app.ts';
import type { Clock } from '../clock.ts';
import { objectUrl, sourceKey } from './object-key.ts';
import type { ContentId, Objects } from './ports.ts';
import { renewAfter } from './source-life.ts';

interface Dependencies {
  readonly apps: Apps;
  readonly objects: Pick<Objects, 'size' | 'uploadAddress'>;
  readonly clock: Clock;
}

interface CreateUpload extends ContentId {
  readonly app: string;
}

/**
 * Content stands under its own hash: what is there already is not sent again, unless it is so old that it
 * could expire before a build has taken it.
 */
export const createUpload =
  (deps: Dependencies) =>
  async ({ app, sha256, size }: CreateUpload) => {
    const { apps, objects } = deps;
    await requireOpenApp(apps, app);
    const key = sourceKey(sha256);
    const object = objectUrl(app, key);
    const here = await objects.size(app, key, deps.clock() - renewAfter);
    if (here === size) return { object, exists: true };
    const address = await objects.uploadAddress(app, key, { sha256, size });
    return { object, exists: false, ...address };
  };
