import type * as z from 'zod';

type Issue = z.core.$ZodIssue;

/** Fields that hold values of environments, passwords or content, which no message may repeat. */
const secrets: ReadonlySet<PropertyKey> = new Set([
  'env',
  'set',
  'body',
  'unset',
  'build-args',
  'password',
  'src-creds-pass',
]);
const longestValue = 100;

/** What is wrong with a request: each field with its rule and the value that breaks it. */
export const explainIssues = (issues: readonly Issue[], input: unknown): string =>
  issues.map((issue) => explain(issue, input)).join('; ');

const explain = (issue: Issue, input: unknown): string => {
  const field = issue.path.join('.') || 'request';
  const value = issue.path.reduce<unknown>(valueIn, input);
  if (value === undefined) return `${field} is missing`;
  const rule = `${field}: ${lowerFirst(issue.message)}`;
  return secrets.has(issue.path[0] ?? '') ? rule : `${rule}: ${shown(value)}`;
};

const valueIn = (value: unknown, key: PropertyKey): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;

const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
};

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
