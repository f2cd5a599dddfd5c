/** What can be wrong with a registry, as far as one can tell from outside. */
export type RegistryTrouble =
  | 'dns'
  | 'unreachable'
  | 'timeout'
  | 'plain-http'
  | 'tls'
  | 'not-a-registry'
  | 'unauthenticated'
  | 'denied'
  | 'no-repository'
  | 'no-space'
  | 'rate-limited'
  | 'failed';

export interface ProbeFinding {
  readonly step: 'reach' | 'login' | 'push' | 'pull';
  /** Undefined when the step went well. */
  readonly trouble: RegistryTrouble | undefined;
  /** What was seen. */
  readonly detail: string;
}

export interface ProbeTarget {
  /** `HOST[:PORT]` */
  readonly server: string;
  readonly username: string;
  readonly password: string;
  /** What is pushed to and pulled from; empty for neither. */
  readonly path: string;
}

/** Tries a registry as a builder and a node would. */
export interface RegistryProbe {
  /** What was tried, up to the first step that failed. Never throws for what the registry does. */
  probe(target: ProbeTarget): Promise<readonly ProbeFinding[]>;
}

const hints: Readonly<Record<RegistryTrouble, string>> = {
  dns: "the rack's functions can't resolve the name: check its spelling, and for a private name the DNS of their VPC",
  unreachable:
    "nothing answers there for the rack's functions: check the port, and for a private registry that the functions are in a VPC that reaches it",
  timeout:
    "the rack's functions get no answer: a firewall or security group may keep them out, or the registry is overloaded",
  'plain-http':
    'the registry speaks plain http: put TLS in front of it, or allow it with --param registryInsecure=HOST:PORT when the rack is deployed',
  tls: 'the registry needs a certificate of a public authority for this very name',
  'not-a-registry':
    'what answers is no OCI registry: check the name, and the port if it has one of its own',
  unauthenticated: 'user name or password is wrong, or the password has expired',
  denied:
    'the login is good, but may not do this: give it leave to pull, and to push where builds push',
  'no-repository': 'make the repository in the registry first, or check its path',
  'no-space': 'the registry is full or its quota is used up: make room there',
  'rate-limited':
    'the registry has had too many requests: wait, or use an account with a higher limit',
  failed: "the registry has a trouble of its own: see its log, or its provider's status page",
};

/** The next step. */
export const hintFor = (trouble: RegistryTrouble): string => hints[trouble];
