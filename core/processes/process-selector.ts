import { type AppKey, appSelector } from '../rendering/labels.ts';

/** The pods that are processes of an app; narrowed to one service if given. */
export const processSelector = (key: AppKey, service?: string): string =>
  service ? `${appSelector(key)},service=${service}` : `${appSelector(key)},service`;
