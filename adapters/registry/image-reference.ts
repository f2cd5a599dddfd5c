export interface ImageReference {
  readonly host: string;
  readonly repository: string;
  /** A tag or `sha256:…`. */
  readonly reference: string;
  readonly isPinned: boolean;
}

const dockerHub = 'registry-1.docker.io';

/** Reads a reference as Docker does: `redis`, `ghcr.io/org/app:1`, `host:5000/app@sha256:…`. */
export const parseReference = (image: string): ImageReference => {
  const [name = '', digest] = image.split('@');
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasHost = /[.:]/.test(first) || first === 'localhost';
  const [path = '', tag = 'latest'] = (hasHost ? name.slice(slash + 1) : name).split(':');
  const host = hasHost && first !== 'docker.io' ? first : dockerHub;
  const repository = host === dockerHub && !path.includes('/') ? `library/${path}` : path;
  return { host, repository, reference: digest ?? tag, isPinned: digest !== undefined };
};
