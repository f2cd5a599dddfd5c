import { createHash } from 'node:crypto';

/** What a scope map or a token may be called in ACR: 5 to 50 letters, digits and dashes. */
const longest = 50;
const digits = 10;

/** A readable name that no other thing of the registry has, whatever had to be cut off. */
const named = (readable: string, identity: string): string => {
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, digits);
  const start = readable.replace(/[^a-zA-Z0-9-]/g, '-').slice(0, longest - digits - 1);
  return `${start}-${hash}`;
};

/** The session's token; also the user name to log in with. */
export const tokenName = (repository: string, session: string): string =>
  named(session, `${repository}\n${session}`);

export const scopeMapName = (repository: string, withCache: boolean): string =>
  named(`${withCache ? 'cache' : 'push'}-${repository}`, `${repository}\n${withCache}`);

/** What a push needs: it looks for layers that are there, sends the others and its manifest. */
export const pushActions = (repositories: readonly string[]): readonly string[] =>
  repositories.flatMap((it) =>
    ['content/read', 'content/write', 'metadata/read'].map((may) => `repositories/${it}/${may}`)
  );
