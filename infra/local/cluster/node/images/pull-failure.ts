import type { ImageReference } from './image-reference.ts';
import { RegistryError } from './registry-client.ts';

/** Why a pull failed, in the words of containerd, which tools look for. */
export const pullFailure = ({ canonical }: ImageReference, error: unknown): string => {
  const status = error instanceof RegistryError ? error.status : undefined;
  const message = error instanceof Error ? error.message : `${error}`;
  const attempt = `failed to pull and unpack image "${canonical}": failed to resolve reference "${canonical}"`;
  switch (status) {
    case 404:
      return `rpc error: code = NotFound desc = ${attempt}: ${canonical}: not found`;
    case 401:
    case 403:
      return `rpc error: code = Unknown desc = ${attempt}: pull access denied, repository does not exist or may require authorization: ${message}`;
    default:
      return `rpc error: code = Unknown desc = ${attempt}: ${message}`;
  }
};
