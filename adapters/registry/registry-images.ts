import type { Images } from '#core/builds/task-ports.ts';
import { type ImageReference, parseReference } from './image-reference.ts';

/** An index of platforms counts as the image: the node picks its own. */
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** A release waits for it; the image can be used without. */
const patience = 5_000;

/** Asks registries for digests, as anybody may: without a credential. */
export class RegistryImages implements Images {
  readonly #insecure: ReadonlySet<string>;

  constructor(insecureRegistries: readonly string[]) {
    this.#insecure = new Set(insecureRegistries);
  }

  async pin(image: string): Promise<string | undefined> {
    const parsed = parseReference(image);
    if (parsed.isPinned) return image;
    try {
      const digest = await this.#digestOf(parsed);
      return digest && `${nameOf(image)}@${digest}`;
    } catch {
      // Whatever the registry's trouble is, the answer is that it does not tell.
      return undefined;
    }
  }

  async #digestOf({ host, repository, reference }: ImageReference): Promise<string | undefined> {
    const scheme = this.#insecure.has(host) ? 'http' : 'https';
    const url = `${scheme}://${host}/v2/${repository}/manifests/${reference}`;
    let response = await head(url, {});
    if (response.status === 401) {
      const token = await anonymousToken(response.headers.get('www-authenticate') ?? '');
      response = await head(url, token ? { authorization: `Bearer ${token}` } : {});
    }
    const digest = response.ok ? response.headers.get('docker-content-digest') : null;
    return digest && /^sha256:[0-9a-f]{64}$/.test(digest) ? digest : undefined;
  }
}

const head = (url: string, headers: Record<string, string>): Promise<Response> =>
  fetch(url, {
    method: 'HEAD',
    headers: { accept: manifestTypes, ...headers },
    signal: AbortSignal.timeout(patience),
  });

/** The token endpoint of the distribution specification: `Bearer realm="…",service="…",scope="…"`. */
const anonymousToken = async (challenge: string): Promise<string | undefined> => {
  const fields = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, k, v]) => [k, v]));
  const realm = fields.get('realm');
  if (!/^bearer/i.test(challenge) || !realm?.startsWith('https://')) return undefined;
  const url = new URL(realm);
  for (const name of ['service', 'scope']) url.searchParams.set(name, fields.get(name) ?? '');
  const response = await fetch(url, { signal: AbortSignal.timeout(patience) });
  const answer = (await response.json()) as { token?: string; access_token?: string };
  return answer.token ?? answer.access_token;
};

/** The reference without its tag. */
const nameOf = (image: string): string => image.replace(/:[^:/]+$/, '');
