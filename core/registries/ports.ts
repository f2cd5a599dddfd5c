import type { AddedRegistry, RegistryLogin } from './registry-login.ts';

/** Leave to push the images of one app, for a while. */
export interface PushCredential {
  /** `HOST/PATH` of the app's repository. */
  readonly repository: string;
  /** What a client logs in to. */
  readonly host: string;
  readonly username: string;
  readonly password: string;
}

/** Whom a credential is for: its name shows in the cloud's own audit log. */
export interface PushSession {
  readonly app: string;
  /** Unique; letters, digits, dots and dashes. */
  readonly session: string;
  /** When the credential stops to work; milliseconds since 1970. */
  readonly expires: number;
  /** Also for the app's cache repository: builds in the cluster only. */
  readonly withCache: boolean;
}

/** Where the rack keeps its images: a repository for each app. */
export interface Registry {
  /** Its credentials are its owner's own: neither narrowed to an app nor ever taken back. */
  readonly isStatic?: boolean;
  /** `HOST/PATH` of an app's repository, whether it is there yet or not. */
  repositoryOf(app: string): string;
  /** `HOST/PATH` of the repository for an app's build cache: its tags move. */
  cacheRepositoryOf(app: string): string;
  /** Makes the app's repository if it is not there yet, and a credential for it alone. */
  mint(session: PushSession): Promise<PushCredential>;
  /**
   * Takes back credentials that would still work. Given all sessions of an app that are to be dead,
   * and those that are to go on, for registries that can only shut out all of an app.
   */
  revoke(app: string, sessions: readonly string[], alive: readonly string[]): Promise<void>;
  /** The rack's own, good for a while, which may pull from every app's repository; it leaves no function. */
  login(): Promise<{ readonly username: string; readonly password: string }>;
  /** `sha256:…` of what a tag names; undefined when nothing was pushed under it. */
  digest(app: string, tag: string): Promise<string | undefined>;
}

/** A manifest in an app's repository: an image, an index of several, or what is attached to one. */
export interface StoredImage {
  /** `sha256:…` */
  readonly digest: string;
  readonly tags: readonly string[];
  /** Milliseconds since 1970; undefined where the registry does not tell. */
  readonly pushed: number | undefined;
  /** It names other manifests. */
  readonly isIndex: boolean;
}

/** How a manifest hangs together with others of its repository; all of them `sha256:…`. */
export interface ManifestLinks {
  /** What it names, if it is an index. */
  readonly parts: readonly string[];
  /** What it was attached to, as signatures are. */
  readonly subject?: string | undefined;
}

/** What is in the rack's registry, for the one function that may delete there. */
export interface ImageStore {
  /** All that the app's repository holds; nothing where there is none. */
  list(app: string): Promise<readonly StoredImage[]>;
  /** By digest; those that are gone are left out. */
  links(app: string, digests: readonly string[]): Promise<ReadonlyMap<string, ManifestLinks>>;
  /**
   * Removes images with the tags they were listed with. One that has got another tag meanwhile stays
   * where the registry can tell. What is gone already is no error. `unsupported`: the registry deletes
   * nothing for us.
   */
  remove(app: string, images: readonly StoredImage[]): Promise<'removed' | 'unsupported'>;
  /** Removes the repositories of an app that is gone, and what was made for pushing to them. */
  removeApp(app: string): Promise<'removed' | 'unsupported'>;
}

/** Registries beside the rack's own, which base images and images of services come from. */
export interface Registries {
  /** By name, without secrets. */
  list(): Promise<readonly AddedRegistry[]>;
  /** All of them, with their secrets. */
  logins(): Promise<readonly RegistryLogin[]>;
  /** Adds a registry, or gives one that is there a new login. */
  put(registry: AddedRegistry, password: string): Promise<void>;
  /** Whether there was one. */
  remove(server: string): Promise<boolean>;
}
