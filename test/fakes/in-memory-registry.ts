import type { PushCredential, PushSession, Registry } from '#core/registries/ports.ts';

/** A registry that tests push to by hand; it knows which sessions are shut out. */
export class InMemoryRegistry implements Registry {
  readonly minted: PushSession[] = [];
  readonly revoked = new Map<string, readonly string[]>();
  readonly #digests = new Map<string, string>();
  isBroken = false;

  repositoryOf(app: string): string {
    return `registry.example.com/atom/${app}`;
  }

  cacheRepositoryOf(app: string): string {
    return `${this.repositoryOf(app)}-cache`;
  }

  async mint(session: PushSession): Promise<PushCredential> {
    if (this.isBroken) throw new Error('the registry does not answer');
    this.minted.push(session);
    const repository = this.repositoryOf(session.app);
    const password = `s3cr/t=${this.minted.length}`;
    return { repository, host: 'registry.example.com', username: 'AWS', password };
  }

  async login(): Promise<{ readonly username: string; readonly password: string }> {
    return { username: 'rack', password: 'pull' };
  }

  async revoke(app: string, sessions: readonly string[]): Promise<void> {
    this.revoked.set(app, sessions);
  }

  async digest(app: string, tag: string): Promise<string | undefined> {
    return this.#digests.get(`${app}:${tag}`);
  }

  push(app: string, tag: string, digest: string): void {
    this.#digests.set(`${app}:${tag}`, digest);
  }
}
