/**
 * A pod's name is the service's plus `-` and a hash of 10 for the replica set, plus `-` and 5 for the pod, and it is a host
 * name: 63 at most. Names in these limits also keep image tags (`SERVICE.BUILD`) apart, since none contains a dot.
 */
const MAX_LENGTH = 63 - 11 - 6;

/** Why a service can't have this name, in Convox's words where it has some; undefined if it can. */
export const serviceNameProblem = (name: string): string | undefined => {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    return `service name ${name} invalid, must contain only lowercase alphanumeric and dashes`;
  }
  if (name.endsWith('-')) return `service name ${name} invalid, must not end with a dash`;
  return name.length > MAX_LENGTH
    ? `service name ${name} invalid, must not be longer than ${MAX_LENGTH} characters`
    : undefined;
};
