import { parseImageReference } from '../../cluster/node/images/image-reference.ts';
import type { Logins } from './login.ts';
import type { Repository } from './registry-session.ts';

const loopback = /^(?:localhost|[\w.-]+\.localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/;

/** Where an image's registry answers. Plain http on this machine only, unless `insecure`. */
export const registryUrl = (registry: string, insecure: boolean): string => {
  if (registry === 'docker.io') {
    return 'https://registry-1.docker.io';
  }
  return `${insecure || loopback.test(registry) ? 'http' : 'https'}://${registry}`;
};

/** Throws `InvalidImageNameError`. */
export const repositoryOf = (
  image: string,
  { logins, insecure }: { readonly logins: Logins; readonly insecure: boolean }
): Repository => {
  const { registry, repository } = parseImageReference(image);
  return {
    url: registryUrl(registry, insecure),
    name: repository,
    credentials: logins(registry),
  };
};
