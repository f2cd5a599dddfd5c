import type { RegistryLogin } from '../registries/registry-login.ts';

/** The archives that builds start from: `.tgz` under the app in the rack's bucket. */
export interface Sources {
  /**
   * The text of some files of an archive, by the path that was asked for; those that are not there
   * are left out. Reads no further than it must. Throws `InvalidRequestError` for an archive that
   * is broken or beyond its limits.
   */
  readFiles(
    source: { readonly app: string; readonly key: string },
    paths: readonly string[]
  ): Promise<ReadonlyMap<string, string>>;
}

export interface Images {
  /**
   * `HOST/REPOSITORY@sha256:…` of a reference; undefined when the registry does not tell: it can't
   * be reached, or does not give it to the rack. A login counts at its own server, before the rack's.
   */
  pin(reference: string, login?: RegistryLogin): Promise<string | undefined>;
}
