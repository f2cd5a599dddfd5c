import type { BuildKey } from './build-objects.ts';
import type { JobPlan, NamedValue } from './build-plan.ts';
import type { Toleration } from './parse-placement.ts';

/** Settings of the rack for its builds. */
export interface BuilderSettings {
  /** BuildKit with a shell, wget, tar and sed. */
  readonly image: string;
  /** `rootless` needs user namespaces on the nodes, `privileged` does not. */
  readonly mode: 'rootless' | 'privileged';
  /** Kubernetes quantities. */
  readonly cpu: string;
  readonly memory: string;
  /** Seconds after which a build is given up. */
  readonly deadline: number;
  /** Seconds without a word after which a build is given up; 0 for never. */
  readonly silence: number;
  /** Labels of the nodes that builds may run on; none for any. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
  /** Image of the program that lists what is in an image; empty for no lists. */
  readonly sbom: string;
  /** Images of services are brought into the repositories of their apps. */
  readonly copyImages: boolean;
  /** Registry hosts that speak plain HTTP. */
  readonly insecureRegistries: readonly string[];
}

export interface JobInput extends BuildKey {
  readonly plan: JobPlan;
  readonly settings: BuilderSettings;
  /** `HOST/PATH`. */
  readonly repository: string;
  /** `HOST/PATH` that steps are kept in. */
  readonly cacheRepository: string;
  /** An earlier build may have left something there. */
  readonly hasCache: boolean;
  readonly noCache: boolean;
  readonly contextUrl: string;
  readonly args: readonly NamedValue[];
  readonly secrets: readonly NamedValue[];
}
