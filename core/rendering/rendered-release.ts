import type { KubernetesObject } from '../kubernetes/object.ts';

/** What a pod says about itself: the release that started it, not the one that is active. */
export interface Identity {
  readonly release: string;
  readonly build: string;
  readonly buildDescription: string;
  readonly gitSha: string;
}

export interface RenderedService {
  readonly name: string;
  /** HMAC of all that makes processes differ. Equal to the last one: the processes are left alone. */
  readonly fingerprint: string;
  readonly identity: Identity;
  /** Of the environment Secret; an HMAC of its content. */
  readonly secret: string;
  /** Marks the pods of this template (annotation `rackless.dev/template`). */
  readonly template: string;
  /** The manifest's count. A later scale is not undone unless the manifest changes it. */
  readonly count: number;
  readonly hasReadiness: boolean;
  readonly policy: VerdictSettings;
}

/** A service's own settings for the verdict; seconds. Defaults are filled in by the verdict. */
export interface VerdictSettings {
  readonly stable: number;
  readonly progressDeadline: number;
  /** Exits of one new container that condemn the release; 0 switches the rule off. */
  readonly crashExits: number;
  /** A process that is not ready by then, counted from its start, never will be. */
  readonly readyWithin: number;
}

/** Everything a release is in the cluster. Kept for the next promotion and for a rollback. */
export interface RenderedRelease {
  readonly release: string;
  readonly services: readonly RenderedService[];
  /** In the order of creation. Secrets are kept without their data. */
  readonly objects: readonly KubernetesObject[];
}

/** The form that is stored: values of the environment stay out of it. */
export const withoutValues = (rendered: RenderedRelease): RenderedRelease => ({
  ...rendered,
  objects: rendered.objects.map((object) => {
    if (object.kind !== 'Secret') return object;
    const { stringData: _values, ...rest } = object;
    return rest as KubernetesObject;
  }),
});
