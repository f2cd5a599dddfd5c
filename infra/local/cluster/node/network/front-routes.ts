import type { ObjectStore } from '../../object-store.ts';
import { asService, type Service } from '../wire-objects.ts';
import { type Endpoint, serviceEndpoints } from './service-endpoints.ts';

/** Annotation of a Service that the HTTP front must not serve. */
const internalAnnotation = 'rackless.dev/internal';

/** One host name that the front answers, `APP-SERVICE`. */
export interface FrontRoute {
  readonly host: string;
  readonly endpoints: () => readonly Endpoint[];
}

const hostOf = ({ metadata, spec }: Service): string | undefined => {
  const { app, service } = metadata?.labels ?? {};
  const internal = metadata?.annotations?.[internalAnnotation] === 'true';
  const hasPort = (spec?.ports ?? []).length > 0;
  return app === undefined || service === undefined || internal || !hasPort
    ? undefined
    : `${app}-${service}`;
};

const routeOf = (store: ObjectStore, service: Service): FrontRoute[] => {
  const host = hostOf(service);
  const [port] = service.spec?.ports ?? [];
  return host === undefined || port === undefined
    ? []
    : [{ host, endpoints: () => serviceEndpoints(store, service, port) }];
};

/** What the front serves now, by the `app` and `service` labels of the Services. */
export const frontRoutes = (store: ObjectStore): readonly FrontRoute[] =>
  store.list('services').flatMap((service) => routeOf(store, asService(service)));

/** `web` for `Web.localhost:8080`, `web.localhost` and `web`. */
export const hostName = (header: string): string =>
  header
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/\.localhost$/, '');
