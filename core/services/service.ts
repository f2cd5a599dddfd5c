import type { KubernetesObject } from '../kubernetes/object.ts';
import { mebibytes, millicores } from '../kubernetes/quantity.ts';
import type { Container } from '../processes/pod.ts';
import { annotations } from '../rendering/labels.ts';

/** A service as it runs, in Convox's fields. `cpu` in thousandths of a core, `memory` in MiB. */
export interface Service {
  readonly name: string;
  /** Where it answers; empty for a service without a way in. */
  readonly domain: string;
  readonly count: number;
  /** Processes that are ready. */
  readonly running: number;
  readonly cpu: number;
  readonly memory: number;
  readonly ports: {
    readonly balancer: number;
    readonly certificate: string;
    readonly container: number;
  }[];
}

interface Place {
  readonly app: string;
  readonly domain: string;
}

interface Deployment extends KubernetesObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: { readonly spec?: { readonly containers?: readonly Container[] } };
  };
  readonly status?: { readonly readyReplicas?: number };
}

export const serviceOf = (
  object: KubernetesObject,
  network: KubernetesObject | undefined,
  place: Place
): Service => {
  const { metadata, spec = {}, status = {} } = object as Deployment;
  const { replicas: count = 1, template } = spec;
  const { readyReplicas: running = 0 } = status;
  const [container] = template?.spec?.containers ?? [];
  const { cpu, memory } = container?.resources?.requests ?? {};
  const domain = network && !isInternal(network) ? place.domain : '';
  return {
    name: metadata.name,
    domain: domain && `${place.app}-${metadata.name}.${domain}`,
    count,
    running,
    cpu: millicores(cpu),
    memory: mebibytes(memory),
    ports: portsOf(container, domain),
  };
};

const isInternal = ({ metadata }: KubernetesObject): boolean =>
  metadata.annotations?.[annotations.internal] === 'true';

const portsOf = (container: Container | undefined, domain: string): Service['ports'] =>
  (container?.ports ?? []).map(({ containerPort }) => ({
    balancer: domain ? balancerPort(domain) : containerPort,
    certificate: '',
    container: containerPort,
  }));

/** A domain may name the port it is served on (`localhost:3100`); otherwise it is that of HTTPS. */
const balancerPort = (domain: string): number => Number(/:(\d+)$/.exec(domain)?.[1] ?? 443);
