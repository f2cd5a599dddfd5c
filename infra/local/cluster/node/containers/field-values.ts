import { availableParallelism, totalmem } from 'node:os';
import { parseQuantity } from '../../controllers/quantity.ts';
import type { Container, Pod } from '../wire-objects.ts';
import { ContainerConfigError } from './container-config-error.ts';

type Labels = Readonly<Partial<Record<string, string>>>;

const formatLabels = (labels: Labels): string =>
  Object.entries(labels)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');

const simpleFields: Readonly<Record<string, (pod: Pod) => string | undefined>> = {
  'metadata.name': ({ metadata }) => metadata?.name,
  'metadata.namespace': ({ metadata }) => metadata?.namespace,
  'metadata.uid': ({ metadata }) => metadata?.uid,
  'metadata.labels': ({ metadata }) => formatLabels(metadata?.labels ?? {}),
  'metadata.annotations': ({ metadata }) => formatLabels(metadata?.annotations ?? {}),
  'spec.nodeName': ({ spec }) => spec?.nodeName,
  'spec.serviceAccountName': ({ spec }) => spec?.serviceAccountName ?? 'default',
  'status.podIP': () => '127.0.0.1',
  'status.podIPs': () => '127.0.0.1',
  'status.hostIP': () => '127.0.0.1',
  'status.hostIPs': () => '127.0.0.1',
};

/** A downward API field, for example `metadata.labels['app']`. Throws `ContainerConfigError`. */
export const fieldValue = (pod: Pod, fieldPath: string): string => {
  const simple = simpleFields[fieldPath];
  if (simple !== undefined) {
    return simple(pod) ?? '';
  }
  const [, map, key = ''] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(fieldPath) ?? [];
  if (map === undefined) {
    throw new ContainerConfigError(`unsupported fieldPath: ${fieldPath}`);
  }
  const values: Labels =
    (map === 'labels' ? pod.metadata?.labels : pod.metadata?.annotations) ?? {};
  return values[key] ?? '';
};

interface ResourceField {
  readonly resource: string;
  readonly divisor?: string;
}

/** `limits.memory` and the like, in whole divisors, rounded up; without a limit, what the machine has. */
export const resourceValue = (
  container: Container,
  { resource, divisor }: ResourceField
): string => {
  const [kind, name = ''] = resource.split('.');
  const amounts: Readonly<Partial<Record<string, string>>> =
    (kind === 'limits' ? container.resources?.limits : container.resources?.requests) ?? {};
  const whole = name === 'cpu' ? availableParallelism() : totalmem();
  const { [name]: amount } = amounts;
  const unset = kind === 'limits' ? whole : 0;
  const value = amount === undefined ? unset : parseQuantity(amount);
  const unit = divisor === undefined || divisor === '0' ? 1 : parseQuantity(divisor);
  return `${Math.ceil(value / unit)}`;
};
