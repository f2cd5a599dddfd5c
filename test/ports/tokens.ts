import { expect, test } from '@jest/globals';
import { hashToken } from '#core/tokens/identify.ts';
import type { Token, Tokens } from '#core/tokens/token.ts';

type Store = (secret: string, token: Token) => Promise<void>;

/** What every implementation of `Tokens` does. */
export const tokensBehaveLike = (
  name: string,
  create: () => { readonly tokens: Tokens; readonly store: Store }
): void => {
  test(`${name}: finds a token by the hash of its secret alone`, async () => {
    const { tokens, store } = create();
    const token: Token = {
      name: 'ci',
      role: 'deploy',
      app: 'shop',
      expires: '2027-01-01T00:00:00Z',
    };

    await store(`secret-of-${name}`, token);

    expect(await tokens.find(hashToken(`secret-of-${name}`))).toEqual(token);
    expect(await tokens.find(hashToken('other'))).toBeUndefined();
    expect(await tokens.find(`secret-of-${name}`)).toBeUndefined();
  });
};
