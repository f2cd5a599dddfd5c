import type { V1LabelSelector } from '@kubernetes/client-node';
import { labelSelectorText } from '../../label-selector.ts';
import { isObject, type JsonObject, listAt, objectAt } from '../json.ts';
import { ageOf } from './age.ts';

/** One column of what `kubectl get` prints. */
export interface Column {
  readonly title: string;
  /** 1 for columns that only `-o wide` shows. */
  readonly priority: number;
  readonly value: (object: JsonObject) => string | number;
}

export const text = (value: unknown): string =>
  value === undefined || value === '' || isObject(value) ? '<none>' : String(value);

export const column = (title: string, value: Column['value']): Column => ({
  title,
  priority: 0,
  value,
});

export const wide = (title: string, value: Column['value']): Column => ({
  title,
  priority: 1,
  value,
});

export const name = column('Name', (object) => text(objectAt(object, 'metadata')['name']));

export const age = column('Age', (object) =>
  ageOf(objectAt(object, 'metadata')['creationTimestamp'])
);

/** A number below `section`, 0 when it is not there. */
export const number = (title: string, section: 'spec' | 'status', field: string): Column =>
  column(title, (object) => Number(objectAt(object, section)[field] ?? 0));

const containersOf = (object: JsonObject): readonly JsonObject[] =>
  listAt(object, 'spec', 'template', 'spec', 'containers');

const joined = (field: string) => (object: JsonObject) =>
  containersOf(object)
    .map((each) => text(each[field]))
    .join(',');

/** What workloads show with `-o wide`. */
export const templateColumns: readonly Column[] = [
  wide('Containers', joined('name')),
  wide('Images', joined('image')),
  wide('Selector', (object) =>
    labelSelectorText(objectAt(object, 'spec')['selector'] as V1LabelSelector | undefined)
  ),
];
