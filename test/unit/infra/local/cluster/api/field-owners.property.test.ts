import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { apply } from '#infra/local/cluster/api/fields/apply.ts';
import {
  difference,
  equalSets,
  type FieldSet,
  fromFieldsV1,
  intersection,
  isEmpty,
  toFieldsV1,
  union,
} from '#infra/local/cluster/api/fields/field-set.ts';
import { type Manager, writeOwners } from '#infra/local/cluster/api/fields/managers.ts';
import type { JsonObject } from '#infra/local/cluster/api/json.ts';

const names = fc.constantFrom('a', 'b', 'c');
const data = fc.dictionary(names, fc.constantFrom('1', '2'));
const scope = { model: 'V1ConfigMap', hasStatus: false };
const time = '2026-03-18T14:30:49Z';

const manager = (name: string): Manager => ({ name, operation: 'Apply', apiVersion: 'v1' });

const applyAs = (name: string, live: JsonObject | undefined, fields: JsonObject): JsonObject => {
  const applied = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: fields };
  const result = apply({ live, applied, manager: manager(name), scope, force: true, time });
  return writeOwners(result.object, result.owners);
};

const fieldSet: fc.Arbitrary<FieldSet> = data.map((fields) =>
  fromFieldsV1({ 'f:data': Object.fromEntries(Object.keys(fields).map((key) => [`f:${key}`, {}])) })
);

test('sets of fields survive their JSON form', () => {
  fc.assert(
    fc.property(fieldSet, (set) => {
      expect(equalSets(fromFieldsV1(toFieldsV1(set)), set)).toBe(true);
    })
  );
});

test('difference, intersection and union fit together', () => {
  fc.assert(
    fc.property(fieldSet, fieldSet, (a, b) => {
      expect(equalSets(union(difference(a, b), intersection(a, b)), a)).toBe(true);
      expect(isEmpty(intersection(difference(a, b), b))).toBe(true);
    })
  );
});

test('what one manager applies alone is exactly what is there', () => {
  fc.assert(
    fc.property(fc.array(data, { minLength: 1, maxLength: 5 }), (steps) => {
      const last = steps.reduce<JsonObject | undefined>(
        (live, fields) => applyAs('one', live, fields),
        undefined
      );

      expect(last?.['data'] ?? {}).toEqual(steps.at(-1));
    })
  );
});

test('with two managers nothing is left that neither of them applies', () => {
  fc.assert(
    fc.property(data, data, data, (first, other, second) => {
      const live = applyAs('two', applyAs('one', undefined, first), other);

      const result = applyAs('one', live, second);

      expect(result['data'] ?? {}).toEqual({ ...other, ...second });
    })
  );
});
