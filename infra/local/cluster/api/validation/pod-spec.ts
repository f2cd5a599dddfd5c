import { type JsonObject, listAt } from '../json.ts';
import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  missing,
  required,
} from './field-error.ts';
import { labelNameErrors } from './names.ts';

const portErrors = (field: string, port: unknown): FieldError[] =>
  Number.isInteger(port) && Number(port) >= 1 && Number(port) <= 65_535
    ? []
    : [invalid(field, port ?? 0, 'must be between 1 and 65535, inclusive')];

const duplicates = (field: string, names: readonly unknown[]): FieldError[] =>
  names.flatMap((name, index) =>
    names.indexOf(name) < index ? [duplicate(`${field}[${index}].name`, name)] : []
  );

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const containerErrors = (
  field: string,
  container: JsonObject,
  volumes: ReadonlySet<unknown>
): FieldError[] => {
  const { name, image } = container;
  const mounts = listAt(container, 'volumeMounts');
  return [
    ...(isText(name) ? labelNameErrors(`${field}.name`, name) : [required(`${field}.name`)]),
    ...(isText(image) ? [] : [required(`${field}.image`)]),
    ...listAt(container, 'ports').flatMap((port, index) =>
      portErrors(`${field}.ports[${index}].containerPort`, port['containerPort'])
    ),
    ...listAt(container, 'env').flatMap((variable, index) =>
      isText(variable['name']) ? [] : [required(`${field}.env[${index}].name`)]
    ),
    ...mounts.flatMap((mount, index) =>
      volumes.has(mount['name'])
        ? []
        : [missing(`${field}.volumeMounts[${index}].name`, mount['name'])]
    ),
  ];
};

interface Hooked {
  readonly lifecycle?: { readonly preStop?: Readonly<Record<string, { seconds?: number }>> };
}

/** A hook does one thing, and a sleep ends before the pod's time is over. */
const preStopErrors = (field: string, container: JsonObject, grace: unknown): FieldError[] => {
  const hook = (container as Hooked).lifecycle?.preStop;
  if (hook === undefined) return [];
  const [kind, second] = Object.keys(hook);
  const at = `${field}.lifecycle.preStop`;
  if (kind === undefined) return [required(at, 'must specify a handler type')];
  if (second !== undefined) {
    return [forbidden(`${at}.${second}`, 'may not specify more than 1 handler type')];
  }
  const seconds = hook['sleep']?.seconds ?? 0;
  const rule = `must be non-negative and less than terminationGracePeriodSeconds (${grace})`;
  return seconds < 0 || seconds > Number(grace) ? [invalid(`${at}.sleep`, seconds, rule)] : [];
};

/** `field` is where the spec stands: `spec` or `spec.template.spec`. */
export const podSpecErrors = (field: string, spec: JsonObject): FieldError[] => {
  const containers = listAt(spec, 'containers');
  const initContainers = listAt(spec, 'initContainers');
  const volumes = new Set(listAt(spec, 'volumes').map((volume) => volume['name']));
  const errorsOf = (list: string, each: readonly JsonObject[]): FieldError[] =>
    each.flatMap((container, index) => [
      ...containerErrors(`${field}.${list}[${index}]`, container, volumes),
      ...preStopErrors(
        `${field}.${list}[${index}]`,
        container,
        spec['terminationGracePeriodSeconds'] ?? 30
      ),
    ]);
  return [
    ...(containers.length === 0 ? [required(`${field}.containers`)] : []),
    ...errorsOf('containers', containers),
    ...errorsOf('initContainers', initContainers),
    ...duplicates(
      `${field}.containers`,
      containers.map(({ name }) => name)
    ),
  ];
};

export { portErrors };
