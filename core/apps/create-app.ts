import { type Clock, timestamp } from '../clock.ts';
import { InvalidRequestError } from '../errors.ts';
import { type App, isReservedName } from './app.ts';
import type { Apps } from './ports.ts';
import { showApp } from './show-app.ts';

interface Dependencies {
  readonly apps: Apps;
  readonly dataKeys: { make(app: string): Promise<string> };
  readonly clock: Clock;
}

/** @throws InvalidRequestError for a reserved name, ConflictError for a taken one. */
export const createApp =
  (deps: Dependencies) =>
  async ({ name }: { readonly name: string }) => {
    if (isReservedName(name)) throw new InvalidRequestError('app name is reserved');
    const app: App = {
      name,
      created: timestamp(deps.clock),
      sequence: 0,
      locked: false,
      policy: 'restricted',
      dataKey: await deps.dataKeys.make(name),
    };
    await deps.apps.create(app);
    return showApp(app);
  };
