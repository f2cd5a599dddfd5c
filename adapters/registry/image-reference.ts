import { hasHost, serverOfImage } from '#core/registries/registry-login.ts';

export interface ImageReference {
  readonly host: string;
  readonly repository: string;
  /** A tag or `sha256:…`. */
  readonly reference: string;
  readonly isPinned: boolean;
}

/** Reads a reference as Docker does: `redis`, `ghcr.io/org/app:1`, `host:5000/app@sha256:…`. */
export const parseReference = (image: string): ImageReference => {
  const [name = '', digest] = image.split('@');
  const host = serverOfImage(name);
  const [path = '', tag = 'latest'] = withoutHost(name).split(':');
  const isOfficial = host === 'docker.io' && !path.includes('/');
  const repository = isOfficial ? `library/${path}` : path;
  return { host, repository, reference: digest ?? tag, isPinned: digest !== undefined };
};

const withoutHost = (name: string): string => {
  const slash = name.indexOf('/');
  return hasHost(name) ? name.slice(slash + 1) : name;
};
