import { type JsonObject, listAt, objectAt } from '../json.ts';
import { ageOf, shortDuration } from './age.ts';
import { age, type Column, column, name, number, templateColumns, text, wide } from './column.ts';
import { podColumns } from './pod-columns.ts';

const deploymentColumns: readonly Column[] = [
  name,
  column('Ready', (object) => {
    const ready = objectAt(object, 'status')['readyReplicas'] ?? 0;
    return `${ready}/${objectAt(object, 'spec')['replicas'] ?? 0}`;
  }),
  number('Up-to-date', 'status', 'updatedReplicas'),
  number('Available', 'status', 'availableReplicas'),
  age,
  ...templateColumns,
];

const replicaSetColumns: readonly Column[] = [
  name,
  number('Desired', 'spec', 'replicas'),
  number('Current', 'status', 'replicas'),
  number('Ready', 'status', 'readyReplicas'),
  age,
  ...templateColumns,
];

const jobStatus = (job: JsonObject): string => {
  const conditions = listAt(job, 'status', 'conditions');
  const holds = (type: string): boolean =>
    conditions.some((each) => each['type'] === type && each['status'] === 'True');
  return ['Complete', 'Failed', 'Suspended'].find(holds) ?? 'Running';
};

const jobDuration = (job: JsonObject): string => {
  const { startTime, completionTime } = objectAt(job, 'status');
  if (typeof startTime !== 'string') {
    return '';
  }
  const end = typeof completionTime === 'string' ? Date.parse(completionTime) : Date.now();
  return shortDuration((end - Date.parse(startTime)) / 1000);
};

const jobColumns: readonly Column[] = [
  name,
  column('Status', jobStatus),
  column('Completions', (job) => {
    const succeeded = objectAt(job, 'status')['succeeded'] ?? 0;
    return `${succeeded}/${objectAt(job, 'spec')['completions'] ?? 1}`;
  }),
  column('Duration', jobDuration),
  age,
  ...templateColumns,
];

const servicePorts = (service: JsonObject): string =>
  listAt(service, 'spec', 'ports')
    .map(({ port, nodePort, protocol }) =>
      nodePort === undefined ? `${port}/${protocol}` : `${port}:${nodePort}/${protocol}`
    )
    .join(',');

const selectorText = (service: JsonObject): string =>
  Object.entries(objectAt(service, 'spec', 'selector'))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

const serviceColumns: readonly Column[] = [
  name,
  column('Type', (service) => text(objectAt(service, 'spec')['type'])),
  column('Cluster-IP', (service) => text(objectAt(service, 'spec')['clusterIP'])),
  column('External-IP', (service) =>
    objectAt(service, 'spec')['type'] === 'LoadBalancer' ? '<pending>' : '<none>'
  ),
  column('Port(s)', (service) => text(servicePorts(service))),
  age,
  wide('Selector', (service) => text(selectorText(service))),
];

const eventColumns: readonly Column[] = [
  column('Last Seen', (event) =>
    ageOf(event['lastTimestamp'] ?? event['eventTime'] ?? event['firstTimestamp'])
  ),
  column('Type', (event) => text(event['type'])),
  column('Reason', (event) => text(event['reason'])),
  column('Object', (event) => {
    const involved = objectAt(event, 'involvedObject');
    return `${String(involved['kind']).toLowerCase()}/${involved['name']}`;
  }),
  column('Message', (event) => text(event['message']).trim()),
  wide('Count', (event) => Number(event['count'] ?? 1)),
  wide('Name', (event) => text(objectAt(event, 'metadata')['name'])),
];

const entries = (object: JsonObject, ...fields: readonly string[]): number =>
  fields.reduce((sum, field) => sum + Object.keys(objectAt(object, field)).length, 0);

const nodeReady = (node: JsonObject): string =>
  listAt(node, 'status', 'conditions').some(
    (each) => each['type'] === 'Ready' && each['status'] === 'True'
  )
    ? 'Ready'
    : 'NotReady';

const columnsByResource: Readonly<Record<string, readonly Column[]>> = {
  pods: podColumns,
  deployments: deploymentColumns,
  replicasets: replicaSetColumns,
  jobs: jobColumns,
  services: serviceColumns,
  events: eventColumns,
  namespaces: [name, column('Status', (object) => text(objectAt(object, 'status')['phase'])), age],
  secrets: [
    name,
    column('Type', (secret) => text(secret['type'])),
    column('Data', (secret) => entries(secret, 'data')),
    age,
  ],
  configmaps: [name, column('Data', (map) => entries(map, 'data', 'binaryData')), age],
  nodes: [
    name,
    column('Status', nodeReady),
    age,
    column('Version', (node) => text(objectAt(node, 'status', 'nodeInfo')['kubeletVersion'])),
  ],
};

export const columnsOf = (plural: string): readonly Column[] =>
  columnsByResource[plural] ?? [name, age];
