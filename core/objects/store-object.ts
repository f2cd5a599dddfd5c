import { findOpenApp } from '../apps/find-app.ts';
import type { Apps } from '../apps/ports.ts';
import { InvalidRequestError } from '../errors.ts';
import { type Objects, objectUrl } from './ports.ts';

interface StoreObject {
  readonly app: string;
  readonly key: string;
  /** Base64. */
  readonly body: string;
}

/** Convox's upload: the content comes as one body. Keys stay inside the app. */
export const storeObject =
  (deps: { readonly apps: Apps; readonly objects: Objects }) =>
  async ({ app, key, body }: StoreObject) => {
    await findOpenApp(deps.apps, app);
    if (!/^[\w.-]+(\/[\w.-]+)*$/.test(key) || key.split('/').includes('..')) {
      throw new InvalidRequestError(`object key is not allowed: ${key}`);
    }
    await deps.objects.write(app, key, Buffer.from(body, 'base64'));
    return { Url: objectUrl(app, key) };
  };
