import { listServices, type Service } from '#contracts/services.ts';
import type { Action } from '../../command.ts';
import { table } from '../../ui/table.ts';

export const list: Action = async ({ call, out, app }) => {
  const services = await call(listServices, { app: app() });
  const rows = services.map((service) => [service.name, service.domain, ports(service)]);
  out.result(services, table(['SERVICE', 'DOMAIN', 'PORTS'], rows));
};

const ports = (service: Service): string =>
  service.ports.map(({ balancer, container }) => `${balancer}:${container}`).join(' ');
