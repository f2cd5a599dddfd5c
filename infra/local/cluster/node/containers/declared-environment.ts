import type { Container, Pod } from '../wire-objects.ts';
import { expandVariables } from './expand-variables.ts';
import { fieldValue, resourceValue } from './field-values.ts';
import type { PodData } from './pod-data.ts';

type Variable = NonNullable<Container['env']>[number];
type Source = NonNullable<Container['envFrom']>[number];
export type Environment = Readonly<Record<string, string>>;

const variableName = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

const fromSource = (
  { prefix = '', secretRef, configMapRef }: Source,
  data: PodData
): [string, string][] => {
  const secrets = secretRef && data.all('secret', secretRef.name ?? '', secretRef.optional);
  const settings =
    configMapRef && data.all('configmap', configMapRef.name ?? '', configMapRef.optional);
  return [...(settings ?? []), ...(secrets ?? [])]
    .map(([key, value]): [string, string] => [`${prefix}${key}`, value.toString()])
    .filter(([name]) => variableName.test(name));
};

export interface EnvironmentSources {
  readonly pod: Pod;
  readonly container: Container;
  readonly data: PodData;
}

const referenced = (
  variable: Variable,
  { pod, container, data }: EnvironmentSources
): string | undefined => {
  const { secretKeyRef, configMapKeyRef, fieldRef, resourceFieldRef } = variable.valueFrom ?? {};
  if (secretKeyRef !== undefined) {
    return data.value('secret', secretKeyRef)?.toString();
  }
  if (configMapKeyRef !== undefined) {
    return data.value('configmap', configMapKeyRef)?.toString();
  }
  if (fieldRef !== undefined) {
    return fieldValue(pod, fieldRef.fieldPath);
  }
  return resourceFieldRef && resourceValue(container, resourceFieldRef);
};

/**
 * What the pod declares, `envFrom` first, then `env` in its order: a `$(NAME)` in a value sees what
 * stands before it and `given`. Throws `ContainerConfigError` with the kubelet's message for what is missing.
 */
export const declaredEnvironment = (
  sources: EnvironmentSources,
  given: Environment
): Environment => {
  const { container, data } = sources;
  const result: Record<string, string> = Object.fromEntries(
    (container.envFrom ?? []).flatMap((source) => fromSource(source, data))
  );
  for (const variable of container.env ?? []) {
    const value =
      variable.valueFrom === undefined
        ? expandVariables(variable.value ?? '', { ...given, ...result })
        : referenced(variable, sources);
    if (value !== undefined) {
      result[variable.name] = value;
    }
  }
  return result;
};
