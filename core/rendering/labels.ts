/** Field managers: who owns which fields of an object of ours. */
export const managers = {
  main: 'rackless',
  /** Owns `replicas` alone, so that neither a promotion nor an autoscaler fights over it. */
  scale: 'rackless-scale',
} as const;

export const annotations = {
  /** The promotion whose POST made the object; a revert deletes only its own. */
  createdBy: 'rackless.dev/created-by',
  release: 'rackless.dev/release',
  template: 'rackless.dev/template',
  internal: 'rackless.dev/internal',
} as const;

/** On objects only, never in a template: they change with every promotion. */
export const objectLabels = {
  release: 'rackless.dev/release',
  promotion: 'rackless.dev/promotion',
  fence: 'rackless.dev/fence',
} as const;

export interface AppKey {
  readonly rack: string;
  readonly app: string;
}

export const appLabels = ({ rack, app }: AppKey): Readonly<Record<string, string>> => ({
  system: 'rackless',
  rack,
  app,
});

/** Convox's labels of a service's pods, with our name for the system. They never change. */
export const serviceLabels = (key: AppKey, service: string): Readonly<Record<string, string>> => ({
  ...appLabels(key),
  service,
  type: 'service',
});

/** Everything that a rack manages of an app. */
export const appSelector = ({ rack, app }: AppKey): string =>
  `system=rackless,rack=${rack},app=${app}`;
