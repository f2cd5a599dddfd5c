import type { ManagedFields } from '../../kubernetes/object.ts';
import { managers } from '../../rendering/labels.ts';

type FieldSet = Readonly<Record<string, unknown>>;

/**
 * A POST leaves its fields, defaults included, with an `Update` entry of its manager; an apply by
 * the same manager would share them for ever and could never remove one. This turns that entry into
 * an `Apply` one and gives `replicas` to its own manager. Undefined when there is nothing to adopt.
 */
export const adoptFields = (
  entries: readonly ManagedFields[] = []
): readonly ManagedFields[] | undefined => {
  const created = entries.find((it) => it.manager === managers.main && it.operation === 'Update');
  if (!created) return undefined;
  const others = entries.filter((it) => it !== created);
  const hasApplied = others.some((it) => it.manager === managers.main && it.operation === 'Apply');
  const { spec, rest } = withoutReplicas(created.fieldsV1 as FieldSet);
  return [
    ...others,
    ...(hasApplied ? [] : [{ ...created, operation: 'Apply', fieldsV1: rest }]),
    ...(spec && !others.some((it) => it.manager === managers.scale)
      ? [{ ...created, manager: managers.scale, operation: 'Apply', fieldsV1: spec }]
      : []),
  ];
};

const withoutReplicas = (fields: FieldSet): { spec: FieldSet | undefined; rest: FieldSet } => {
  const spec = fields['f:spec'] as FieldSet | undefined;
  if (!spec || !('f:replicas' in spec)) return { spec: undefined, rest: fields };
  const { 'f:replicas': replicas, ...others } = spec;
  return {
    spec: { 'f:spec': { 'f:replicas': replicas } },
    rest: { ...fields, 'f:spec': others },
  };
};
