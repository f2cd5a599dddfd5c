import type { V1LabelSelector } from '@kubernetes/client-node';
import { labelSelectorText } from '../../label-selector.ts';
import type { StoredObject } from '../../object-store.ts';
import { conflict, staleVersion } from '../../status-error.ts';
import { type Answer, ok } from '../answer.ts';
import { apply } from '../fields/apply.ts';
import type { Owners } from '../fields/managers.ts';
import { trackUpdate } from '../fields/track-update.ts';
import { type JsonObject, objectAt } from '../json.ts';
import { parseObjectBody } from '../parse-body.ts';
import type { ApiRequest } from '../request.ts';
import { qualifiedName } from '../resource-type.ts';
import { invalid, invalidObject } from '../validation/field-error.ts';
import { isApply, patched, requireFieldManager } from './patch.ts';
import { requireObject } from './read.ts';
import { currentTime, managerOf, scopeOf, storeChanged, type Write } from './write.ts';

const scaleOf = (object: JsonObject): JsonObject => {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = objectAt(object, 'metadata');
  const spec = objectAt(object, 'spec');
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: spec['replicas'] ?? 0 },
    status: {
      replicas: objectAt(object, 'status')['replicas'] ?? 0,
      selector: labelSelectorText(spec['selector'] as V1LabelSelector | undefined),
    },
  };
};

const withReplicas = (object: JsonObject, replicas: unknown): JsonObject => ({
  ...object,
  spec: { ...objectAt(object, 'spec'), replicas },
});

/** A Scale has no fields but `spec.replicas` to write. */
const wantedReplicas = (request: ApiRequest, scale: JsonObject): number => {
  const { replicas = 0 } = objectAt(scale, 'spec');
  if (!Number.isInteger(replicas) || Number(replicas) < 0) {
    throw invalidObject(request.type, request.name ?? '', [
      invalid('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ]);
  }
  return Number(replicas);
};

const scaleBody = (request: ApiRequest, live: StoredObject): JsonObject =>
  request.method === 'PUT' || isApply(request)
    ? parseObjectBody(request)
    : patched(request, scaleOf({ ...live }), 'V1Scale');

const checkVersion = (request: ApiRequest, scale: JsonObject, live: StoredObject): void => {
  const { resourceVersion } = objectAt(scale, 'metadata');
  if (resourceVersion !== undefined && resourceVersion !== live.metadata?.resourceVersion) {
    throw conflict(qualifiedName(request.type), request.name ?? '', staleVersion);
  }
};

const ownersAfter = (write: Write, live: StoredObject, object: JsonObject): Owners => {
  const { request } = write;
  const scope = { ...scopeOf(request), subresource: undefined };
  const time = currentTime();
  if (!isApply(request)) {
    const manager = managerOf(request, 'Update');
    return trackUpdate({ live: { ...live }, object, manager, scope, time });
  }
  requireFieldManager(request);
  const { replicas } = objectAt(object, 'spec');
  return apply({
    live: { ...live },
    applied: { spec: { replicas } },
    manager: managerOf(request, 'Apply'),
    scope,
    force: request.query.get('force') === 'true',
    time,
  }).owners;
};

/** GET, PUT and PATCH of the `scale` subresource. */
export const scale = (write: Write): Answer => {
  const { store, request } = write;
  const live = requireObject(store, request);
  if (request.method === 'GET') {
    return ok(scaleOf({ ...live }));
  }
  const body = scaleBody(request, live);
  checkVersion(request, body, live);
  const object = withReplicas({ ...live }, wantedReplicas(request, body));
  const owners = ownersAfter(write, live, object);
  return ok(scaleOf(storeChanged(write, { object, owners, live })));
};
