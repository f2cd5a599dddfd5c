import type { Clock } from '#core/clock.ts';
import type { ImageStore, PushCredential, Registry } from '#core/registries/ports.ts';
import { pushImage } from '../local/builder/registry/push-image.ts';
import { RegistrySession, type Repository } from '../local/builder/registry/registry-session.ts';
import { RegistryError } from '../local/cluster/node/images/registry-client.ts';
import { tinyArtifact } from './tiny-artifact.ts';

export interface Verification {
  readonly registry: Registry;
  /** As the account sees it that may delete: then all that was made goes in the end. */
  readonly images?: ImageStore | undefined;
  /** `https`, but for a registry of tests. */
  readonly scheme: 'https' | 'http';
  /** Tells one run from another in tags, which stay. */
  readonly run: string;
  readonly clock: Clock;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

export interface Step {
  readonly title: string;
  readonly check: () => Promise<void>;
}

/** Longer than Google says that a change of access takes; milliseconds. */
const patience = 10 * 60_000;
const pause = 5_000;

/** So long that a refusal after a revocation is not the grant's own end. */
const lifetime = 55 * 60_000;
const shortLifetime = 60_000;

/** What a grant can do, and what it can't, one after the other; each needs those before it. */
export const verifySteps = (verification: Verification): readonly Step[] => {
  const trial = new Trial(verification);
  const { images } = verification;
  return [
    ...pushSteps(trial),
    ...cacheSteps(trial),
    ...revokeSteps(trial),
    ...lastSteps(trial),
    ...(images ? deletionSteps(trial, images) : []),
  ];
};

const pushSteps = (trial: Trial): readonly Step[] => [
  {
    title: 'the rack is known, and reads tags',
    check: async () => void (await trial.registry.digest('verify-a', trial.tag('none'))),
  },
  { title: 'a grant for verify-a is made', check: () => trial.mint('verify-a') },
  {
    title: 'it pushes, and the registry reports what was pushed',
    check: async () => {
      const digest = await trial.push('verify-a', 'one');
      const reported = await trial.registry.digest('verify-a', trial.tag('one'));
      if (reported !== digest) throw new Error(`it reports ${reported}, not ${digest}`);
    },
  },
  {
    title: 'a tag that is taken is refused other content',
    check: () => refused(() => trial.push('verify-a', 'one', { note: 'other' })),
  },
  { title: 'a grant for verify-b is made', check: () => trial.mint('verify-b') },
  {
    title: "verify-a's grant is refused by verify-b's repository",
    check: () => refused(() => trial.push('verify-a', 'two', { to: trial.images('verify-b') })),
  },
];

const cacheSteps = (trial: Trial): readonly Step[] => [
  { title: 'a grant with the cache is made', check: () => trial.mint('verify-a', 'cache') },
  {
    title: 'it pushes to the cache, and moves a tag there',
    check: async () => {
      await trial.push('cache', 'cache', { to: trial.cache, note: 'first' });
      await trial.push('cache', 'cache', { to: trial.cache, note: 'second' });
    },
  },
  {
    title: 'the grant without the cache is refused there',
    check: () => refused(() => trial.push('verify-a', 'three', { to: trial.cache })),
  },
];

const revokeSteps = (trial: Trial): readonly Step[] => [
  { title: 'a client logs in with it', check: () => trial.logIn('verify-a') },
  { title: 'the grants of verify-a are revoked', check: () => trial.revoke() },
  {
    title: 'they are refused',
    check: () =>
      trial.eventually(async () => {
        await refused(() => trial.push('verify-a', 'after'));
        await refused(() => trial.push('cache', 'after', { to: trial.cache }));
      }),
  },
  {
    title: 'so is the client that had logged in before',
    check: () => trial.eventually(() => refused(() => trial.beginUpload())),
  },
  {
    title: "verify-b's grant still pushes",
    check: async () =>
      void (await trial.push('verify-b', 'four', { to: trial.images('verify-b') })),
  },
  { title: 'another grant for verify-a is made', check: () => trial.mint('verify-a') },
  { title: 'it pushes', check: async () => void (await trial.push('verify-a', 'five')) },
];

const lastSteps = (trial: Trial): readonly Step[] => [
  { title: 'a grant of a minute is made', check: () => trial.mint('verify-b', 'short') },
  {
    title: 'it is refused after that minute',
    check: async () => {
      await trial.sleep(shortLifetime + pause);
      await refused(() => trial.push('short', 'six', { to: trial.images('verify-b') }));
    },
  },
  { title: 'everything is revoked again', check: () => trial.revoke() },
];

const apps = ['verify-a', 'verify-b'] as const;

const deletionSteps = (trial: Trial, images: ImageStore): readonly Step[] => [
  {
    title: 'who may delete sees what was pushed',
    check: () =>
      trial.eventually(async () => {
        const tags = (await images.list('verify-a')).flatMap((it) => it.tags);
        if (!tags.includes(trial.tag('one'))) throw new Error(`it sees ${tags.join(', ')}`);
      }),
  },
  { title: 'a grant for verify-b is made', check: () => trial.mint('verify-b') },
  {
    title: 'repositories and accounts of both are deleted, and again without an error',
    check: async () => {
      for (const app of [...apps, ...apps]) await images.removeApp(app);
    },
  },
  {
    title: 'nothing of them is there any more',
    check: async () => {
      const left = (await Promise.all(apps.map((it) => images.list(it)))).flat();
      if (left.length > 0) throw new Error(`${left.length} images are left`);
    },
  },
  {
    title: 'the grant for verify-b is refused',
    check: () =>
      trial.eventually(() =>
        refused(() => trial.push('verify-b', 'seven', { to: trial.images('verify-b') }))
      ),
  },
];

interface Target {
  /** `HOST/PATH`; the images of verify-a if left out. */
  readonly to?: string;
  /** Another note makes another digest. */
  readonly note?: string;
}

class Trial {
  readonly #verification: Verification;
  readonly #grants = new Map<string, PushCredential>();
  #session: RegistrySession | undefined;

  constructor(verification: Verification) {
    this.#verification = verification;
  }

  get registry(): Registry {
    return this.#verification.registry;
  }

  get cache(): string {
    return this.registry.cacheRepositoryOf('verify-a');
  }

  images(app: string): string {
    return this.registry.repositoryOf(app);
  }

  tag(name: string): string {
    return `${name}.${this.#verification.run}`;
  }

  sleep(milliseconds: number): Promise<unknown> {
    return this.#verification.sleep(milliseconds);
  }

  /** Kept under the app's name, or under what sets it apart from that one. */
  mint(app: string, kind: 'cache' | 'short' | '' = ''): Promise<void> {
    return this.eventually(async () => {
      const { clock, run } = this.#verification;
      const expires = clock() + (kind === 'short' ? shortLifetime : lifetime);
      const grant = { app, session: `verify.${run}`, expires, withCache: kind === 'cache' };
      this.#grants.set(kind || app, await this.registry.mint(grant));
    });
  }

  revoke(): Promise<void> {
    return this.registry.revoke('verify-a', [`verify.${this.#verification.run}`], []);
  }

  async push(grant: string, tag: string, { to, note = tag }: Target = {}): Promise<string> {
    const repository = this.#repository(grant, to);
    return (await pushImage(repository, this.tag(tag), tinyArtifact(note))).digest;
  }

  /** Gets a token of the Docker host's own. */
  async logIn(grant: string): Promise<void> {
    this.#session = new RegistrySession(this.#repository(grant));
    await this.beginUpload();
  }

  async beginUpload(): Promise<void> {
    await this.#session?.send({ method: 'POST', path: 'blobs/uploads/', expected: [202] });
  }

  #repository(grant: string, to = this.images('verify-a')): Repository {
    const credentials = this.#grants.get(grant);
    if (!credentials) throw new Error(`there is no grant ${grant}`);
    const [host = '', ...path] = to.split('/');
    return { url: `${this.#verification.scheme}://${host}`, name: path.join('/'), credentials };
  }

  /** Again and again until it succeeds, since changes of access take minutes. */
  async eventually(check: () => Promise<void>): Promise<void> {
    const { clock, sleep } = this.#verification;
    for (const until = clock() + patience; ; ) {
      try {
        return await check();
      } catch (error) {
        if (clock() + pause > until) throw error;
        await sleep(pause);
      }
    }
  }
}

/** 404: of a repository that is gone. */
const refusals = new Set([400, 401, 403, 404]);

const refused = async (action: () => Promise<unknown>): Promise<void> => {
  const isRefused = await action().then(
    () => false,
    (error: unknown) => {
      if (error instanceof RegistryError && refusals.has(error.status)) return true;
      throw error;
    }
  );
  if (!isRefused) throw new Error('it was not refused');
};
