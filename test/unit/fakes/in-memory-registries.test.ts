import { InMemoryRegistries } from '#test/fakes/in-memory-registries.ts';
import { registriesBehaveLike } from '#test/ports/registries.ts';

registriesBehaveLike('InMemoryRegistries', async () => new InMemoryRegistries());
