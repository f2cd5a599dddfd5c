import type { V1LabelSelector } from '@kubernetes/client-node';
import { badRequest } from './status-error.ts';

type Labels = Readonly<Record<string, string>>;
export type LabelMatcher = (labels: Labels | undefined) => boolean;

/** Splits at commas that are not inside `(a,b)`. */
const requirements = (selector: string): string[] =>
  selector
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');

const setBased = (part: string): LabelMatcher | undefined => {
  const match = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(part);
  if (match === null) {
    return undefined;
  }
  const [, key = '', operator, list = ''] = match;
  const values = new Set(list.split(',').map((value) => value.trim()));
  return (labels = {}) => {
    const value = labels[key];
    const listed = value !== undefined && values.has(value);
    return operator === 'in' ? listed : !listed;
  };
};

const equality = (part: string): LabelMatcher | undefined => {
  const match = /^([^\s=!]+)\s*(==|=|!=)\s*([^\s=!]*)$/.exec(part);
  if (match === null) {
    return undefined;
  }
  const [, key = '', operator, value] = match;
  return (labels = {}) => (labels[key] === value) === (operator !== '!=');
};

const existence = (part: string): LabelMatcher | undefined => {
  const match = /^(!?)\s*([A-Za-z0-9._/-]+)$/.exec(part);
  if (match === null) {
    return undefined;
  }
  const [, not, key = ''] = match;
  return (labels = {}) => key in labels === (not === '');
};

const requirement = (part: string): LabelMatcher => {
  const matcher = setBased(part) ?? equality(part) ?? existence(part);
  if (matcher === undefined) {
    throw badRequest(`unable to parse requirement: ${part}`);
  }
  return matcher;
};

/** Reads `?labelSelector=` text: `a=b,c!=d,e in (f,g),!h`. Throws 400 for anything else. */
export const parseLabelSelector = (selector: string | undefined): LabelMatcher => {
  const matchers = requirements(selector ?? '').map(requirement);
  return (labels) => matchers.every((matches) => matches(labels));
};

const expression = (key: string, operator: string, values: readonly string[]): string => {
  switch (operator) {
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    default:
      return `${key} ${operator.toLowerCase()} (${values.join(',')})`;
  }
};

/** The text form of a `matchLabels`/`matchExpressions` selector, as in a Scale's `status.selector`. */
export const labelSelectorText = (selector: V1LabelSelector | undefined): string =>
  [
    ...Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`),
    ...(selector?.matchExpressions ?? []).map(({ key, operator, values }) =>
      expression(key, operator, values ?? [])
    ),
  ].join(',');
