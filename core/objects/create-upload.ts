import type { Apps } from '../apps/ports.ts';
import { requireOpenApp } from '../apps/require-open-app.ts';
import { objectUrl, sourceKey } from './object-key.ts';
import type { ContentId, Objects } from './ports.ts';

/** Sources stand under their own hash: a source that is there already is not sent again. */
export const createUpload =
  (deps: { readonly apps: Apps; readonly objects: Objects }) =>
  async ({ app, sha256, size }: ContentId & { readonly app: string }) => {
    await requireOpenApp(deps.apps, app);
    const key = sourceKey(sha256);
    const object = objectUrl(app, key);
    if ((await deps.objects.size(app, key)) === size) return { object, exists: true };
    const address = await deps.objects.uploadAddress(app, key, { sha256, size });
    return { object, exists: false, ...address };
  };
