import { type App, appStatus } from './app.ts';

/** An app as the wire shows it. */
export const showApp = (app: App) => ({
  generation: '3' as const,
  locked: app.locked,
  name: app.name,
  release: app.active ?? '',
  router: '',
  status: appStatus(app),
  parameters: {},
  ...(app.promotion && { promotion: app.promotion }),
  ...(app.queued && { queued: app.queued }),
  policy: app.policy,
});
