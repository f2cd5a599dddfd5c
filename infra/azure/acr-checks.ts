import type { ImageStore, PushCredential, Registry } from '#core/registries/ports.ts';
import { tinyArtifact } from '../google/tiny-artifact.ts';
import { pushImage } from '../local/builder/registry/push-image.ts';
import { RegistrySession, type Repository } from '../local/builder/registry/registry-session.ts';
import { RegistryError } from '../local/cluster/node/images/registry-client.ts';

/** One thing that has to be so; `run` tells what was seen, and throws when it is not so. */
export interface Check {
  readonly title: string;
  readonly run: () => Promise<string>;
}

export interface Trial {
  readonly registry: Registry;
  /** As the identity sees it that may delete: then all that was made goes in the end. */
  readonly images?: ImageStore | undefined;
  /** Scheme and host of the registry. */
  readonly url: string;
  readonly clock: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Sets this run apart from others: lower-case letters and digits. */
  readonly run: string;
}

const apps = { own: 'verify-one', other: 'verify-two' };
const minute = 60_000;

/**
 * What a grant is promised to be, tried on a real registry: it pushes to one repository, and to no
 * other, until it is taken back or over. In order; each builds on those before.
 */
export const acrChecks = (trial: Trial): readonly Check[] => {
  const grants = new TrialGrants(trial);
  return [
    ...scopeChecks(trial, grants),
    ...revocationChecks(trial, grants),
    ...endChecks(trial, grants),
    ...(trial.images ? deletionChecks(trial, grants, trial.images) : []),
  ];
};

/** The grants of a run, by a letter each. */
class TrialGrants {
  readonly #trial: Trial;
  readonly #made = new Map<string, PushCredential>();

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  session(name: string): string {
    return `verify.${this.#trial.run}${name}`;
  }

  get tag(): string {
    return `tiny.${this.#trial.run}`;
  }

  async mint(name: string, minutes: number, withCache = false): Promise<string> {
    const expires = this.#trial.clock() + minutes * minute;
    const grant = { app: apps.own, session: this.session(name), expires, withCache };
    const credential = await this.#trial.registry.mint(grant);
    this.#made.set(name, credential);
    return `${credential.username} until ${new Date(expires).toISOString()}`;
  }

  /** A repository as the client sees it that has the grant. */
  at(name: string, repository: string): Repository {
    const credentials = this.#made.get(name);
    if (!credentials) throw new Error('there is no grant to try: see the check that makes it');
    const path = repository.slice(repository.indexOf('/') + 1);
    return { url: this.#trial.url, name: path, credentials };
  }

  async push(name: string, repository: string, tag = this.tag): Promise<string> {
    const artifact = tinyArtifact(`rackless verify ${tag}`);
    return (await pushImage(this.at(name, repository), tag, artifact)).digest;
  }
}

const scopeChecks = ({ registry }: Trial, grants: TrialGrants): readonly Check[] => {
  const own = registry.repositoryOf(apps.own);
  const cache = registry.cacheRepositoryOf(apps.own);
  const other = registry.repositoryOf(apps.other);
  return [
    { title: 'a grant of 15 minutes is made', run: () => grants.mint('a', 15) },
    { title: `it pushes to ${own}`, run: () => grants.push('a', own) },
    { title: 'the rack reads the digest that was pushed', run: () => found(registry, grants.tag) },
    { title: `it does not push to ${other}`, run: () => refused(() => grants.push('a', other)) },
    { title: 'it does not push to the cache', run: () => refused(() => grants.push('a', cache)) },
    { title: 'a grant with the cache is made', run: () => grants.mint('b', 15, true) },
    { title: `it pushes to ${cache}`, run: () => grants.push('b', cache) },
  ];
};

const revocationChecks = (trial: Trial, grants: TrialGrants): readonly Check[] => {
  const own = trial.registry.repositoryOf(apps.own);
  let early: RegistrySession | undefined;
  return [
    {
      title: 'a client logs in with the first grant',
      run: async () => {
        early = new RegistrySession(grants.at('a', own));
        return `status ${(await early.send(beginUpload)).status} for an upload`;
      },
    },
    {
      title: 'the first grant is taken back, twice',
      run: async () => {
        const [dead, alive] = [[grants.session('a')], [grants.session('b')]];
        await trial.registry.revoke(apps.own, dead, alive);
        await trial.registry.revoke(apps.own, dead, alive);
        return 'no complaint';
      },
    },
    {
      title: 'it does not push any more',
      run: () => eventually(trial, () => refused(() => grants.push('a', own))),
    },
    {
      title: 'for your knowledge: the client that was logged in before',
      run: () => afterwards(early),
    },
    { title: 'the other grant still pushes', run: () => grants.push('b', own) },
  ];
};

const endChecks = (trial: Trial, grants: TrialGrants): readonly Check[] => {
  const own = trial.registry.repositoryOf(apps.own);
  return [
    { title: 'a grant of 2 minutes is made', run: () => grants.mint('c', 2) },
    { title: 'it pushes', run: () => grants.push('c', own) },
    {
      title: 'it does not push after 2 minutes',
      run: async () => {
        await trial.pause(2 * minute);
        return eventually(trial, () => refused(() => grants.push('c', own)));
      },
    },
    {
      title: 'all grants are removed',
      run: async () => {
        const sessions = ['a', 'b', 'c'].map((it) => grants.session(it));
        await trial.registry.revoke(apps.own, sessions, []);
        return 'scope maps and repositories stay';
      },
    },
  ];
};

const deletionChecks = (
  { registry }: Trial,
  grants: TrialGrants,
  images: ImageStore
): readonly Check[] => {
  const own = registry.repositoryOf(apps.own);
  const listed = async () => (await images.list(apps.own)).map((it) => it.digest);
  return [
    { title: 'a grant for two more images is made', run: () => grants.mint('d', 15) },
    {
      title: 'who may delete removes one of them, and the other stays',
      run: async () => {
        const one = await grants.push('d', own, `${grants.tag}.one`);
        const two = await grants.push('d', own, `${grants.tag}.two`);
        const all = await images.list(apps.own);
        await images.remove(
          apps.own,
          all.filter((it) => it.digest === one)
        );
        const left = await listed();
        if (left.includes(one) || !left.includes(two)) throw new Error(`left: ${left.join(', ')}`);
        return `${one} is gone`;
      },
    },
    {
      title: 'what is left of the app is deleted, and again without a complaint',
      run: async () => {
        for (const app of [apps.own, apps.own]) await images.removeApp(app);
        const left = await listed();
        if (left.length > 0) throw new Error(`left: ${left.join(', ')}`);
        return 'no repository, no scope map and no token';
      },
    },
    {
      title: 'the grant that it had is refused',
      run: () => refused(() => grants.push('d', own)),
    },
  ];
};

const beginUpload = { method: 'POST', path: 'blobs/uploads/', expected: [202] } as const;

const found = async (registry: Registry, tag: string): Promise<string> => {
  const digest = await registry.digest(apps.own, tag);
  if (!digest) throw new Error(`the registry knows no tag ${tag}`);
  return digest;
};

class LetThroughError extends Error {}

/** The registry's no, and no other trouble. */
const refused = async (attempt: () => Promise<string>): Promise<string> => {
  try {
    await attempt();
  } catch (error) {
    if (isNo(error)) return `refused with status ${error.status}`;
    throw error;
  }
  throw new LetThroughError('it was let through');
};

const isNo = (error: unknown): error is RegistryError =>
  error instanceof RegistryError && (error.status === 401 || error.status === 403);

/** Replicas of a registry may hear of a change later; up to a minute. */
const eventually = async (
  { clock, pause }: Pick<Trial, 'clock' | 'pause'>,
  check: () => Promise<string>
): Promise<string> => {
  const begun = clock();
  for (let tries = 0; tries < 12; tries++) {
    try {
      return `${await check()} after ${Math.round((clock() - begun) / 1000)} s`;
    } catch (error) {
      if (!(error instanceof LetThroughError)) throw error;
      await pause(5000);
    }
  }
  return check();
};

/** Microsoft's documents don't say; either is possible. */
const afterwards = async (early: RegistrySession | undefined): Promise<string> => {
  if (!early) return 'not tried';
  try {
    await early.send(beginUpload);
    return 'its bearer still works, until its own end: note it in docs/security.md';
  } catch (error) {
    if (isNo(error)) return `is refused too, with status ${error.status}`;
    throw error;
  }
};
