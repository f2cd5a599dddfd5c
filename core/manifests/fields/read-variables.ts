import { isVariableName } from '../../environments/variable-name.ts';
import type { Variable } from '../manifest.ts';
import { typeName, type Value } from '../yaml/value.ts';
import type { MapReader } from './map-reader.ts';

/** An alias of a list of aliases of lists … could otherwise be spelled out to billions of entries. */
const MAX_ITEMS = 2000;
const MAX_DEPTH = 20;

/** A list of `KEY` (required), `KEY=default` and `KEY=` (optional); lists inside are flattened, for YAML aliases. */
export const readVariables = (reader: MapReader): readonly Variable[] => {
  const value = reader.get('environment');
  if (!value) return [];
  if (value.kind !== 'list') return wrongType(reader, value);
  const budget = { items: MAX_ITEMS };
  const variables = [...flattened(value.items, budget)].flatMap((item) =>
    readVariable(reader, item)
  );
  if (budget.items < 0) {
    reader.refuse(
      'environment',
      `environment has more than ${MAX_ITEMS} entries, or too deep lists`
    );
  }
  return variables;
};

/** Lists count like their entries, or empty ones would escape the limit. */
function* flattened(
  items: readonly Value[],
  budget: { items: number },
  depth = 0
): Generator<Value> {
  if (depth > MAX_DEPTH) budget.items = 0;
  for (const item of items) {
    budget.items -= 1;
    if (budget.items < 0) return;
    if (item.kind === 'list') yield* flattened(item.items, budget, depth + 1);
    else yield item;
  }
}

const wrongType = (reader: MapReader, value: Value): readonly Variable[] => {
  const message = `unknown type for service environment: ${typeName(value)}`;
  reader.refuse('environment', `${message}, write a list of KEY or KEY=value`, value.at);
  return [];
};

const readVariable = (reader: MapReader, item: Value): readonly Variable[] => {
  if (item.kind !== 'scalar') return wrongType(reader, item);
  // Every service gets the whole environment anyway, so `*` adds nothing.
  if (item.type === 'null' || item.text === '*') return [];
  const equals = item.text.indexOf('=');
  const name = equals < 0 ? item.text : item.text.slice(0, equals);
  if (isVariableName(name)) {
    return [{ name, default: equals < 0 ? undefined : item.text.slice(equals + 1) }];
  }
  reader.refuse('environment', `invalid environment declaration: ${item.text}`, item.at);
  return [];
};
