import { type JsonObject, objectAt } from '../json.ts';

/** A Service keeps its address when an update leaves it out. */
const keepClusterIp = (spec: JsonObject, live: JsonObject): JsonObject => {
  const { clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy } = live;
  return { clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy, ...spec };
};

/** A Job's selector comes from the server; an update that leaves it out means the same one. */
const keepSelector = (spec: JsonObject, live: JsonObject): JsonObject => ({
  selector: live['selector'],
  ...spec,
});

const keepers: Readonly<Record<string, (spec: JsonObject, live: JsonObject) => JsonObject>> = {
  services: keepClusterIp,
  jobs: keepSelector,
  namespaces: (spec, live) => ({ ...live, ...spec }),
  pods: (spec, live) => ({ ...live, ...spec }),
};

/** What an update can't take away from an object because the server decided it. */
export const prepareUpdate = (plural: string, object: JsonObject, live: JsonObject): JsonObject => {
  const keep = keepers[plural];
  return keep === undefined
    ? object
    : { ...object, spec: keep(objectAt(object, 'spec'), objectAt(live, 'spec')) };
};
