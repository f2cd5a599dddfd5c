import { InvalidRequestError } from '../errors.ts';

/** As Kubernetes takes it in a pod. */
export interface Toleration {
  readonly key?: string;
  readonly operator?: 'Exists' | 'Equal';
  readonly value?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: number;
}

/**
 * Labels that a node must have: `pool=builds,arch=arm64`, or a JSON object. Empty for any node.
 * @throws InvalidRequestError for anything else.
 */
export const parseNodeSelector = (text: string): Readonly<Record<string, string>> => {
  if (text.trim().startsWith('{')) return labelsOf(parseJson(text), text);
  return Object.fromEntries(
    fields(text).map((field) => {
      const [, key, value] = /^([^=\s]+)=([^=\s]*)$/.exec(field) ?? [];
      if (key === undefined || value === undefined) throw notALabel(field);
      return [key, value];
    })
  );
};

/**
 * Taints that are borne, as kubectl writes them: `dedicated=builds:NoSchedule,spot:NoExecute`, or a JSON
 * list of Kubernetes' own objects. A key without a value bears any value, one without an effect any effect.
 * @throws InvalidRequestError for anything else.
 */
export const parseTolerations = (text: string): readonly Toleration[] => {
  if (text.trim().startsWith('[')) {
    const list = parseJson(text);
    if (Array.isArray(list) && list.every((it) => typeof it === 'object' && it)) return list;
    throw notATaint(text);
  }
  return fields(text).map((field) => {
    const [, key, value, effect] =
      /^([^=:\s]+)(?:=([^=:\s]*))?(?::(NoSchedule|PreferNoSchedule|NoExecute))?$/.exec(field) ?? [];
    if (key === undefined) throw notATaint(field);
    return {
      key,
      ...(value === undefined
        ? { operator: 'Exists' as const }
        : { operator: 'Equal' as const, value }),
      ...(effect && { effect }),
    };
  });
};

const fields = (text: string): readonly string[] =>
  text
    .split(',')
    .map((field) => field.trim())
    .filter((field) => field !== '');

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidRequestError(`not JSON: ${text}`, { cause });
  }
};

const labelsOf = (value: unknown, text: string): Readonly<Record<string, string>> => {
  const labels = value as Readonly<Record<string, string>>;
  if (Object.values(labels).every((it) => typeof it === 'string')) return labels;
  throw notALabel(text);
};

const notALabel = (text: string): InvalidRequestError =>
  new InvalidRequestError(`not a label of nodes: ${text}`, { hint: 'write pool=builds' });

const notATaint = (text: string): InvalidRequestError =>
  new InvalidRequestError(`not a taint of nodes: ${text}`, {
    hint: 'write dedicated=builds:NoSchedule',
  });
