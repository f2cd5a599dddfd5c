import type { RegistryState } from '#test/fakes/microsoft/registry-state.ts';
import type { Rights } from './token-endpoint.ts';

/** Azure's tokens and scope maps, for a token endpoint. */
export const azureRights =
  ({ tokens, scopeMaps }: RegistryState, now: () => number): Rights =>
  (username, password) => {
    const token = tokens.get(username);
    const isGood = (it: { value: string; expiry: string }): boolean =>
      it.value === password && Date.parse(it.expiry) > now();
    if (token?.status !== 'enabled' || !token.passwords.some(isGood)) return undefined;
    const { actions = [] } = scopeMaps.get(token.scopeMapId.split('/').at(-1) ?? '') ?? {};
    return (repository) => [
      ...(actions.includes(`repositories/${repository}/content/read`) ? ['pull'] : []),
      ...(actions.includes(`repositories/${repository}/content/write`) ? ['push'] : []),
    ];
  };
