import { isDeepStrictEqual } from 'node:util';
import { type JsonObject, objectAt } from '../json.ts';
import type { ResourceType } from '../resource-type.ts';
import { type FieldError, forbidden, invalidObject } from './field-error.ts';
import { labelErrors, nameErrors } from './names.ts';
import {
  deploymentRule,
  immutable,
  jobRule,
  podRule,
  type Rule,
  serviceRule,
} from './workloads.ts';

const frozenData: Rule = (object, live) => {
  if (live?.['immutable'] !== true) {
    return [];
  }
  const changed = ['immutable', 'data', 'binaryData'].filter(
    (field) => !isDeepStrictEqual(object[field], live[field])
  );
  return changed.map((field) => forbidden(field, 'field is immutable when `immutable` is set'));
};

const secretRule: Rule = (object, live) => [
  ...(live === undefined ? [] : immutable('type', object['type'], live['type'])),
  ...frozenData(object, live),
];

const rules: Readonly<Record<string, Rule>> = {
  configmaps: frozenData,
  deployments: deploymentRule,
  jobs: jobRule,
  pods: podRule,
  replicasets: deploymentRule,
  secrets: secretRule,
  services: serviceRule,
};

const metadataErrors = (
  plural: string,
  metadata: JsonObject,
  live: JsonObject | undefined
): FieldError[] => {
  const uid = objectAt(live, 'metadata')['uid'];
  return [
    ...(live === undefined ? nameErrors(plural, metadata) : []),
    ...labelErrors('metadata.labels', metadata),
    ...(live === undefined ? [] : immutable('metadata.uid', metadata['uid'] ?? uid, uid)),
  ];
};

export interface ToValidate {
  readonly type: ResourceType;
  readonly object: JsonObject;
  /** Undefined for a creation. */
  readonly live: JsonObject | undefined;
}

/** Throws the 422 that names everything wrong with the object, in the API server's words. */
export const validate = ({ type, object, live }: ToValidate): void => {
  const metadata = objectAt(object, 'metadata');
  const errors = [
    ...metadataErrors(type.plural, metadata, live),
    ...(rules[type.plural]?.(object, live) ?? []),
  ];
  if (errors.length > 0) {
    throw invalidObject(type, String(metadata['name'] ?? ''), errors);
  }
};
