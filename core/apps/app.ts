export type Policy = 'restricted' | 'baseline' | 'privileged';

/** The record of an app. `sequence` orders its builds and releases; it only rises. */
export interface App {
  readonly name: string;
  readonly created: string;
  readonly sequence: number;
  readonly locked: boolean;
  readonly policy: Policy;
  /** The active release, once a promotion has succeeded. */
  readonly active?: string | undefined;
  /** The promotion that holds the app, if any. */
  readonly promotion?: string | undefined;
  /** The promotion that waits for it to end, if any. */
  readonly queued?: string | undefined;
  /** How that promotion stands, for lists; see `PromotionStatus`. */
  readonly promotionStatus?: string | undefined;
  /** The last promotion ended as Degraded and none has succeeded since. */
  readonly degraded?: boolean | undefined;
  readonly deleting?: boolean | undefined;
  /** The data key of the app's environments, encrypted by KMS, in base64. */
  readonly dataKey: string;
}

/** Names that would collide with namespaces or hosts that a rack uses itself. */
const reserved = new Set([
  'rack',
  'system',
  'build',
  'builds',
  'api',
  'rackless',
  'default',
  'rackless-check',
]);

export const isReservedName = (name: string): boolean => reserved.has(name);

export type AppStatus = 'running' | 'updating' | 'rollback' | 'waiting' | 'degraded' | 'deleting';

const statusOfPromotion: Readonly<Record<string, AppStatus>> = {
  queued: 'updating',
  running: 'updating',
  waiting: 'waiting',
  'rolling-back': 'rollback',
};

/** Convox's words for an app, plus `waiting` and `degraded`, which Convox shows as `running`. */
export const appStatus = (app: App): AppStatus => {
  if (app.deleting) return 'deleting';
  if (app.promotion) return statusWhile(app);
  return app.degraded ? 'degraded' : 'running';
};

/** Convox's client takes one sight of `rollback` for the end: not while another promotion is to follow. */
const statusWhile = ({ promotionStatus = 'running', queued }: App): AppStatus => {
  const status = statusOfPromotion[promotionStatus] ?? 'updating';
  return status === 'rollback' && queued ? 'updating' : status;
};

/** The app's namespace: Convox's form, `RACK-APP`. */
export const namespaceOf = (rack: string, app: string): string => `${rack}-${app}`;
