import { readPortMap } from '../port-map.ts';
import type { Service } from '../wire-objects.ts';

/** Annotation of a Service with the local port of each of its ports: `{"80":23456}`. */
export const proxyPortsAnnotation = 'rackless.dev/proxy-ports';

const variableName = (service: string): string => service.toUpperCase().replaceAll('-', '_');

const linkVariables = (prefix: string, port: number, protocol: string): [string, string][] => {
  const link = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
  const address = `${protocol.toLowerCase()}://127.0.0.1:${port}`;
  return [
    [link, address],
    [`${link}_PROTO`, protocol.toLowerCase()],
    [`${link}_PORT`, `${port}`],
    [`${link}_ADDR`, '127.0.0.1'],
  ];
};

const variablesOf = (service: Service): [string, string][] => {
  const prefix = variableName(service.metadata?.name ?? '');
  const local = readPortMap(service.metadata?.annotations?.[proxyPortsAnnotation]);
  const ports = (service.spec?.ports ?? []).flatMap(({ name, port, protocol = 'TCP' }) => {
    const localPort = local[`${port}`];
    return localPort === undefined ? [] : [{ name, protocol, port: localPort }];
  });
  const [first] = ports;
  if (first === undefined) {
    return [];
  }
  return [
    [`${prefix}_SERVICE_HOST`, '127.0.0.1'],
    [`${prefix}_SERVICE_PORT`, `${first.port}`],
    [`${prefix}_PORT`, `tcp://127.0.0.1:${first.port}`],
    ...ports.flatMap(({ name, port, protocol }): [string, string][] => [
      ...(name === undefined
        ? []
        : [[`${prefix}_SERVICE_PORT_${variableName(name)}`, `${port}`] as [string, string]]),
      ...linkVariables(prefix, port, protocol),
    ]),
  ];
};

/** The docker-style variables of a namespace's Services, with the addresses of their local proxies. */
export const servicesEnvironment = (services: readonly Service[]): Record<string, string> =>
  Object.fromEntries(services.flatMap(variablesOf));
