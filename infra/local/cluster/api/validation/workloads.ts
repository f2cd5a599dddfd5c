import { isDeepStrictEqual } from 'node:util';
import { type JsonObject, listAt, objectAt } from '../json.ts';
import { type FieldError, forbidden, invalid, required, unsupported } from './field-error.ts';
import { labelErrors } from './names.ts';
import { podSpecErrors, portErrors } from './pod-spec.ts';

/** `live` is undefined for a creation. */
export type Rule = (object: JsonObject, live: JsonObject | undefined) => FieldError[];

export const immutable = (field: string, value: unknown, live: unknown): FieldError[] =>
  isDeepStrictEqual(value, live) ? [] : [invalid(field, value, 'field is immutable')];

const count = (field: string, value: unknown): FieldError[] =>
  value !== undefined && Number(value) < 0
    ? [invalid(field, value, 'must be greater than or equal to 0')]
    : [];

const templateErrors = (spec: JsonObject): FieldError[] => [
  ...labelErrors('spec.template.metadata.labels', objectAt(spec, 'template', 'metadata')),
  ...podSpecErrors('spec.template.spec', objectAt(spec, 'template', 'spec')),
];

const matchesTemplate = (spec: JsonObject): boolean => {
  const labels = objectAt(spec, 'template', 'metadata', 'labels');
  return Object.entries(objectAt(spec, 'selector', 'matchLabels')).every(
    ([key, value]) => labels[key] === value
  );
};

const selectorErrors = (spec: JsonObject): FieldError[] => {
  if (spec['selector'] === undefined) {
    return [required('spec.selector')];
  }
  if (matchesTemplate(spec)) {
    return [];
  }
  const labels = objectAt(spec, 'template', 'metadata', 'labels');
  return [
    invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'),
  ];
};

const alwaysRestarts = (spec: JsonObject): FieldError[] => {
  const { restartPolicy } = objectAt(spec, 'template', 'spec');
  return restartPolicy === 'Always'
    ? []
    : [unsupported('spec.template.spec.restartPolicy', restartPolicy, ['Always'])];
};

const isZero = (value: unknown): boolean => /^0%?$/.test(String(value));

const strategyErrors = (spec: JsonObject): FieldError[] => {
  const { maxSurge, maxUnavailable } = objectAt(spec, 'strategy', 'rollingUpdate');
  return isZero(maxSurge) && isZero(maxUnavailable)
    ? [
        invalid(
          'spec.strategy.rollingUpdate.maxUnavailable',
          maxUnavailable,
          'may not be 0 when `maxSurge` is 0'
        ),
      ]
    : [];
};

/** Deployments and ReplicaSets: the fields that a ReplicaSet lacks are simply not there. */
export const deploymentRule: Rule = (object, live) => {
  const spec = objectAt(object, 'spec');
  return [
    ...count('spec.replicas', spec['replicas']),
    ...selectorErrors(spec),
    ...strategyErrors(spec),
    ...alwaysRestarts(spec),
    ...templateErrors(spec),
    ...(live === undefined
      ? []
      : immutable('spec.selector', spec['selector'], objectAt(live, 'spec')['selector'])),
  ];
};

const restartPolicies = ['OnFailure', 'Never'];

export const jobRule: Rule = (object, live) => {
  const spec = objectAt(object, 'spec');
  const restart = objectAt(spec, 'template', 'spec')['restartPolicy'];
  const old = objectAt(live, 'spec');
  return [
    ...count('spec.backoffLimit', spec['backoffLimit']),
    ...(restartPolicies.includes(String(restart))
      ? []
      : [unsupported('spec.template.spec.restartPolicy', restart, restartPolicies)]),
    ...templateErrors(spec),
    ...(live === undefined
      ? []
      : [
          ...immutable('spec.completions', spec['completions'], old['completions']),
          ...immutable('spec.selector', spec['selector'], old['selector']),
          ...immutable('spec.template', spec['template'], old['template']),
        ]),
  ];
};

const changeable = ['activeDeadlineSeconds', 'tolerations', 'terminationGracePeriodSeconds'];

const fixedPart = (spec: JsonObject): JsonObject => ({
  ...Object.fromEntries(Object.entries(spec).filter(([field]) => !changeable.includes(field))),
  containers: listAt(spec, 'containers').map((container) => ({ ...container, image: '' })),
  initContainers: listAt(spec, 'initContainers').map((each) => ({ ...each, image: '' })),
});

export const podRule: Rule = (object, live) => {
  const spec = objectAt(object, 'spec');
  const frozen =
    live !== undefined && !isDeepStrictEqual(fixedPart(spec), fixedPart(objectAt(live, 'spec')));
  return [
    ...podSpecErrors('spec', spec),
    ...(frozen
      ? [
          forbidden(
            'spec',
            'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'
          ),
        ]
      : []),
  ];
};

const serviceTypes = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

export const serviceRule: Rule = (object, live) => {
  const spec = objectAt(object, 'spec');
  const ports = listAt(spec, 'ports');
  const portless = spec['type'] === 'ExternalName' || spec['clusterIP'] === 'None';
  const address = objectAt(live, 'spec')['clusterIP'];
  return [
    ...(serviceTypes.includes(String(spec['type']))
      ? []
      : [unsupported('spec.type', spec['type'], serviceTypes)]),
    ...(ports.length === 0 && !portless ? [required('spec.ports')] : []),
    ...ports.flatMap(({ port }, index) => portErrors(`spec.ports[${index}].port`, port)),
    ...(address === undefined ? [] : immutable('spec.clusterIP', spec['clusterIP'], address)),
  ];
};
