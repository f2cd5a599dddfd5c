import type { Registries } from './ports.ts';
import { showRegistry } from './show-registry.ts';

/** The registries that were added, by name. */
export const listRegistries =
  ({ registries }: { readonly registries: Pick<Registries, 'list'> }) =>
  async () =>
    (await registries.list()).map(showRegistry);
