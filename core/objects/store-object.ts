import type { Apps } from '../apps/ports.ts';
import { requireOpenApp } from '../apps/require-open-app.ts';
import { InvalidRequestError } from '../errors.ts';
import { isObjectKey, objectUrl, storageKey } from './object-key.ts';
import type { Objects } from './ports.ts';

interface StoreObject {
  readonly app: string;
  readonly key: string;
  /** Base64. */
  readonly body: string;
}

/** Convox's upload: the content comes as one body. Keys stay inside the app's objects. */
export const storeObject =
  (deps: { readonly apps: Apps; readonly objects: Objects }) =>
  async ({ app, key, body }: StoreObject) => {
    await requireOpenApp(deps.apps, app);
    if (!isObjectKey(key)) throw new InvalidRequestError(`object key is not allowed: ${key}`);
    await deps.objects.write(app, storageKey(key), Buffer.from(body, 'base64'));
    return { Url: objectUrl(app, key) };
  };
