/** One kind of object that the API knows. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  /** Whether something in the cluster acts on it; otherwise it is stored and a warning says so. */
  readonly active: boolean;
  readonly subresources: readonly string[];
  /** The client library's model, which gives the fields. */
  readonly model: string;
}

export const apiVersionOf = ({ group, version }: ResourceType): string =>
  group === '' ? version : `${group}/${version}`;

/** As the API server names a resource in messages: `pods`, `deployments.apps`. */
export const qualifiedName = ({ group, plural }: ResourceType): string =>
  group === '' ? plural : `${plural}.${group}`;

export const hasStatus = ({ subresources }: ResourceType): boolean =>
  subresources.includes('status');
