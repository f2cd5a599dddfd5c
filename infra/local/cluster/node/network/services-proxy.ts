import { proxyPortsAnnotation } from '../containers/services-environment.ts';
import type { NodeContext } from '../node-context.ts';
import { asService, keyOf, type Service, type ServicePort } from '../wire-objects.ts';
import { ConnectionProxy } from './connection-proxy.ts';
import { serviceEndpoints } from './service-endpoints.ts';
import type { StablePorts } from './stable-ports.ts';

/** Annotation of a Service: the local port of its first port. */
const proxyPortAnnotation = 'rackless.dev/proxy-port';

interface OpenProxy {
  readonly proxy: ConnectionProxy;
  readonly listening: Promise<number>;
}

/** Gives every port of every Service one local TCP port, and writes it on the Service. */
export class ServicesProxy {
  readonly #node: NodeContext;
  readonly #ports: StablePorts;
  readonly #proxies = new Map<string, OpenProxy>();
  #unsubscribe: () => void = () => undefined;

  constructor(node: NodeContext, ports: StablePorts) {
    this.#node = node;
    this.#ports = ports;
  }

  start(): void {
    const { store } = this.#node;
    this.#unsubscribe = store.subscribe('services', ({ type, object }) => {
      if (type === 'DELETED') {
        this.#drop(asService(object));
      } else {
        this.#keep(asService(object));
      }
    });
    for (const service of store.list('services')) {
      this.#keep(asService(service));
    }
  }

  close(): void {
    this.#unsubscribe();
    for (const proxy of this.#proxies.values()) {
      this.#close(proxy);
    }
  }

  #keep(service: Service): void {
    this.#publish(service).catch((error: unknown) => {
      const { namespace, name } = keyOf(service);
      this.#node.log(`service ${namespace}/${name}: ${error}`);
    });
  }

  async #publish(service: Service): Promise<void> {
    const ports = (service.spec?.ports ?? []).filter(({ protocol = 'TCP' }) => protocol === 'TCP');
    const [first] = ports;
    if (first === undefined) {
      return;
    }
    const local = new Map<number, number>();
    for (const port of ports) {
      local.set(port.port, await this.#open(service, port));
    }
    const annotations = {
      [proxyPortAnnotation]: `${local.get(first.port)}`,
      [proxyPortsAnnotation]: JSON.stringify(Object.fromEntries(local)),
    };
    this.#node.store.modify('services', keyOf(service), (stored) => ({
      ...stored,
      metadata: {
        ...stored.metadata,
        annotations: { ...stored.metadata?.annotations, ...annotations },
      },
    }));
  }

  #open(service: Service, { port }: ServicePort): Promise<number> {
    const key = keyOf(service);
    const name = proxyName(service, port);
    const known = this.#proxies.get(name);
    if (known !== undefined) {
      return known.listening;
    }
    const { store } = this.#node;
    const proxy = new ConnectionProxy(() => {
      const stored = store.get('services', key.namespace, key.name);
      const current = stored && asService(stored);
      const currentPort = current?.spec?.ports?.find((candidate) => candidate.port === port);
      return current && currentPort ? serviceEndpoints(store, current, currentPort) : [];
    }, this.#node.requests);
    const listening = this.#ports.listen(name, proxy.server);
    this.#proxies.set(name, { proxy, listening });
    return listening;
  }

  /** A server that is still about to listen cannot be closed yet. */
  #close(open: OpenProxy | undefined): void {
    open?.listening.then(
      () => open.proxy.close(),
      (error: unknown) => this.#node.log(`a proxy did not start: ${error}`)
    );
  }

  #drop(service: Service): void {
    for (const { port } of service.spec?.ports ?? []) {
      const name = proxyName(service, port);
      this.#close(this.#proxies.get(name));
      this.#proxies.delete(name);
      this.#ports.forget(name);
    }
  }
}

const proxyName = (service: Service, port: number): string => {
  const { namespace, name } = keyOf(service);
  return `${namespace}/${name}:${port}`;
};
