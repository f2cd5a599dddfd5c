import type { Registries } from '#core/registries/ports.ts';
import type { AddedRegistry, RegistryLogin } from '#core/registries/registry-login.ts';

export class InMemoryRegistries implements Registries {
  readonly #added = new Map<string, AddedRegistry & RegistryLogin>();

  async list(): Promise<readonly AddedRegistry[]> {
    return this.#sorted().map(({ password: _password, ...registry }) => registry);
  }

  async logins(): Promise<readonly RegistryLogin[]> {
    return this.#sorted().map(({ server, username, password }) => ({ server, username, password }));
  }

  async put(registry: AddedRegistry, password: string): Promise<void> {
    this.#added.set(registry.server, { ...registry, password });
  }

  async remove(server: string): Promise<boolean> {
    return this.#added.delete(server);
  }

  #sorted() {
    return [...this.#added.values()].sort((a, b) => (a.server < b.server ? -1 : 1));
  }
}
