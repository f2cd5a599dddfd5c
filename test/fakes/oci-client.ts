import { createHash } from 'node:crypto';

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** A client of the distribution specification, as small as it gets: it logs in as Docker does. */
export class OciClient {
  readonly #url: string;
  readonly #login: Login;

  /** `url`: scheme and host. */
  constructor(url: string, login: Login) {
    this.#url = url;
    this.#login = login;
  }

  /** Pushes an artifact of a few bytes; its digest, or the status that stood in the way. */
  async push(repository: string, tag: string): Promise<string | number> {
    const token = await this.bearer(repository);
    return typeof token === 'number' ? token : this.pushWith(token, repository, tag);
  }

  /** The same with a bearer that is there already. */
  async pushWith(token: string, repository: string, tag: string): Promise<string | number> {
    const config = Buffer.from('{}');
    const blob = await this.#blob(token, repository, config);
    if (blob !== 201) return blob;
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const descriptor = { digest: digestOf(config), size: config.length };
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType,
        config: { mediaType: 'application/vnd.oci.empty.v1+json', ...descriptor },
        layers: [{ mediaType: 'application/vnd.oci.empty.v1+json', ...descriptor }],
        annotations: { 'org.opencontainers.image.title': `${repository}:${tag}` },
      })
    );
    const answer = await this.#send(`/v2/${repository}/manifests/${tag}`, token, {
      method: 'PUT',
      headers: { 'content-type': mediaType },
      body: manifest,
    });
    return answer.status === 201 ? digestOf(manifest) : answer.status;
  }

  async pull(repository: string, tag: string): Promise<number> {
    const token = await this.bearer(repository);
    if (typeof token === 'number') return token;
    return (await this.#send(`/v2/${repository}/manifests/${tag}`, token, {})).status;
  }

  /** What the registry's token endpoint gives for the login, or its status. */
  async bearer(repository: string): Promise<string | number> {
    const challenge = await fetch(`${this.#url}/v2/`);
    const fields = challengeOf(challenge.headers.get('www-authenticate') ?? '');
    const url = new URL(fields.get('realm') ?? '');
    url.searchParams.set('service', fields.get('service') ?? '');
    url.searchParams.set('scope', `repository:${repository}:pull,push`);
    const { username, password } = this.#login;
    const basic = Buffer.from(`${username}:${password}`).toString('base64');
    const answer = await fetch(url, { headers: { authorization: `Basic ${basic}` } });
    if (!answer.ok) return answer.status;
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  async #blob(token: string, repository: string, content: Buffer): Promise<number> {
    const path = `/v2/${repository}/blobs/uploads/`;
    const begun = await this.#send(path, token, { method: 'POST' });
    if (begun.status !== 202) return begun.status;
    const upload = new URL(begun.headers.get('location') ?? '', this.#url);
    upload.searchParams.set('digest', digestOf(content));
    const { status } = await this.#send(upload.href, token, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      body: content,
    });
    return status;
  }

  #send(path: string, token: string, init: RequestInit): Promise<Response> {
    const headers = {
      ...(init.headers as Record<string, string>),
      authorization: `Bearer ${token}`,
    };
    return fetch(new URL(path, this.#url), { ...init, headers });
  }
}

const challengeOf = (challenge: string): ReadonlyMap<string | undefined, string | undefined> =>
  new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));

const digestOf = (content: Buffer): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;
