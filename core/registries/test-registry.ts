import type { Clock } from '../clock.ts';
import { DomainError, InvalidRequestError, NotFoundError } from '../errors.ts';
import type { PushCredential, Registries, Registry } from './ports.ts';
import { hintFor, type ProbeFinding, type RegistryProbe } from './probe.ts';
import { canonicalServer, loginAt } from './registry-login.ts';

interface Dependencies {
  readonly registry: Registry;
  readonly registries: Pick<Registries, 'logins'>;
  readonly probe: RegistryProbe;
  readonly clock: Clock;
}

interface Finding {
  readonly step: 'credential' | ProbeFinding['step'];
  readonly ok: boolean;
  readonly detail: string;
  readonly hint: string;
}

/** A repository that no app has: the name is reserved. */
export const scratchApp = 'rackless-check';

/** What the registries with the longest minimum make of a credential; milliseconds. */
const lifetime = 900_000;

/**
 * Tries a registry from here, where the rack is: pushes and pulls a tiny artifact. Without a server
 * it is the rack's own, by a credential like those for builds; else one that was added, where
 * nothing is pushed unless a repository is named.
 * @throws NotFoundError for a server that was not added.
 */
export const testRegistry =
  (deps: Dependencies) =>
  async ({ server, repository }: { readonly server: string; readonly repository: string }) => {
    if (server) return testAdded(deps, canonicalServer(server), repository);
    if (!repository) return testOwn(deps);
    throw new InvalidRequestError(`which registry has the repository is not said: ${repository}`, {
      hint: 'name it: rackless registries test SERVER --repository PATH',
    });
  };

const testAdded = async (deps: Dependencies, server: string, path: string) => {
  const login = loginAt(await deps.registries.logins(), server);
  if (!login) {
    throw new NotFoundError(`no such registry: ${server}`, {
      hint: 'add it: rackless registries add SERVER USERNAME',
    });
  }
  const findings = (await deps.probe.probe({ ...login, path })).map(shown);
  return report(server, path && `${server}/${path}`, findings);
};

const testOwn = async (deps: Dependencies) => {
  const { registry } = deps;
  const repository = registry.repositoryOf(scratchApp);
  const session = `check.${deps.clock().toString(36)}`;
  const minted = await mint(deps, session);
  const server = repository.split('/', 1).join();
  if (!('credential' in minted)) return report(server, repository, [minted]);
  const { host, username, password } = minted.credential;
  const path = repository.slice(host.length + 1);
  const tried = await deps.probe.probe({ server: host, username, password, path });
  const findings = [gotCredential(registry, repository), ...tried.map(shown)];
  const trouble = await takeBack(registry, session);
  return report(host, repository, trouble ? [...findings, trouble] : findings);
};

const mint = async (
  { registry, clock }: Dependencies,
  session: string
): Promise<{ readonly credential: PushCredential } | Finding> => {
  const expires = clock() + lifetime;
  try {
    const wish = { app: scratchApp, session, expires, withCache: false };
    return { credential: await registry.mint(wish) };
  } catch (error) {
    return failed(error, 'the rack gets no credential');
  }
};

const takeBack = async (registry: Registry, session: string): Promise<Finding | undefined> => {
  try {
    await registry.revoke(scratchApp, [session], []);
    return undefined;
  } catch (error) {
    return failed(error, "the credential can't be taken back");
  }
};

/** The cloud's own words: whoever may test a registry is who has set it up. */
const failed = (error: unknown, what: string): Finding => ({
  step: 'credential',
  ok: false,
  detail: `${what}: ${error instanceof Error ? error.message : String(error)}`,
  hint:
    (error instanceof DomainError && error.hint) ||
    'docs/registries.md says which identity and permissions the rack needs',
});

const gotCredential = ({ isStatic }: Registry, repository: string): Finding => ({
  step: 'credential',
  ok: true,
  detail: isStatic
    ? "the registry's one login, as its owner gave it: neither narrowed to an app nor taken back"
    : `a login for ${repository} alone`,
  hint: '',
});

const shown = ({ step, trouble, detail }: ProbeFinding): Finding => ({
  step,
  ok: trouble === undefined,
  detail,
  hint: trouble ? hintFor(trouble) : '',
});

const report = (server: string, repository: string, findings: readonly Finding[]) => ({
  server,
  repository,
  ok: findings.every((it) => it.ok),
  findings: [...findings],
});
