import type { BuildKey } from './build-objects.ts';
import type { JobPlan, NamedValue } from './build-plan.ts';

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
