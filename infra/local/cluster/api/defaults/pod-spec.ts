import { defined, isObject, type JsonObject, listAt, objectAt } from '../json.ts';

type Fill = (value: JsonObject) => JsonObject;

/** Fills one field, if it is there. */
const inField = (object: JsonObject, field: string, fill: Fill): JsonObject =>
  isObject(object[field]) ? { ...object, [field]: fill(object[field]) } : object;

const inList = (object: JsonObject, field: string, fill: Fill): JsonObject =>
  Array.isArray(object[field]) ? { ...object, [field]: listAt(object, field).map(fill) } : object;

const httpGet: Fill = (action) => ({ path: '/', scheme: 'HTTP', ...action });

const probe: Fill = (value) =>
  inField(
    { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3, ...value },
    'httpGet',
    httpGet
  );

const lifecycle: Fill = (value) =>
  ['postStart', 'preStop'].reduce(
    (filled, hook) => inField(filled, hook, (handler) => inField(handler, 'httpGet', httpGet)),
    value
  );

const envVariable: Fill = (variable) =>
  inField(variable, 'valueFrom', (source) =>
    inField(source, 'fieldRef', (reference) => ({ apiVersion: 'v1', ...reference }))
  );

/** What a container may use is also what it asks for, unless it says otherwise. */
const resources: Fill = (value) =>
  isObject(value['limits'])
    ? { ...value, requests: { ...value['limits'], ...objectAt(value, 'requests') } }
    : value;

const pullPolicy = (image: unknown): string => {
  const name = typeof image === 'string' ? (image.split('/').at(-1) ?? '') : '';
  const floating = !name.includes('@') && (!name.includes(':') || name.endsWith(':latest'));
  return floating ? 'Always' : 'IfNotPresent';
};

const container: Fill = (value) => {
  const filled: JsonObject = {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicy(value['image']),
    ...value,
    resources: resources(objectAt(value, 'resources')),
  };
  const probed = ['livenessProbe', 'readinessProbe', 'startupProbe'].reduce(
    (object, field) => inField(object, field, probe),
    inField(filled, 'lifecycle', lifecycle)
  );
  const ported = inList(probed, 'ports', (port) => ({ protocol: 'TCP', ...port }));
  return inList(ported, 'env', envVariable);
};

const fileMode: Fill = (source) => ({ defaultMode: 0o644, ...source });

const volume: Fill = (value) => {
  const filled = ['secret', 'configMap', 'downwardAPI', 'projected'].reduce(
    (object, field) => inField(object, field, fileMode),
    value
  );
  return Object.keys(filled).length === 1 ? { ...filled, emptyDir: {} } : filled;
};

/** A pod spec with everything that the API server adds to one, wherever it stands. */
export const fillPodSpec = (spec: JsonObject): JsonObject => {
  const filled: JsonObject = {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    ...spec,
    ...defined({ serviceAccount: spec['serviceAccountName'] }),
  };
  return ['containers', 'initContainers'].reduce(
    (object, field) => inList(object, field, container),
    inList(filled, 'volumes', volume)
  );
};

export const fillPodTemplate = (template: JsonObject): JsonObject => ({
  ...template,
  metadata: objectAt(template, 'metadata'),
  spec: fillPodSpec(objectAt(template, 'spec')),
});
