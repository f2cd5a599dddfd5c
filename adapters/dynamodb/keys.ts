/**
 * The one table. Everything of an app stands under `APP#name`; what is listed across apps under
 * `RACK`. Ids sort by the app's sequence, so "newest first" is a backwards query.
 *
 * | pk         | sk                  | item                                                         |
 * |------------|---------------------|--------------------------------------------------------------|
 * | `RACK`     | `APP#name`          | app: sequence, active, promotion, queued, dataKey …          |
 * | `RACK`     | `TOKEN#sha256`      | token: name, role, app, expires                              |
 * | `RACK`     | `REGISTRY#host`     | added registry: username, dataKey; password is ciphertext   |
 * | `RACK`     | `GONE#name`         | deleted app, until nothing is left of it: who clears it away |
 * | `APP#name` | `EXPIRED#id`        | release or build that has expired, until it is cleared away  |
 * | `APP#name` | `BUILD#B…`          | build                                                        |
 * | `APP#name` | `GRANT#G…`          | grant: who may push what until when; no secret               |
 * | `APP#name` | `RELEASE#R…`        | release; env is ciphertext                                   |
 * | `APP#name` | `PROMOTION#P…`      | promotion                                                    |
 * | `APP#name` | `CHECKPOINT#P…`     | its checkpoint, or which document holds it                   |
 * | `APP#name` | `LOCK`              | promotion, queued, attempt, fence, lease, cancel, activated; |
 * |            |                     | stays after the app, with its last sequence                  |
 * | `APP#name` | `EVENT#id#sequence` | one line of the story of a promotion or build                |
 */
export const keys = {
  apps: { pk: 'RACK', prefix: 'APP#' },
  app: (name: string) => ({ pk: 'RACK', sk: `APP#${name}` }),
  token: (hash: string) => ({ pk: 'RACK', sk: `TOKEN#${hash}` }),
  registries: { pk: 'RACK', prefix: 'REGISTRY#' },
  registry: (server: string) => ({ pk: 'RACK', sk: `REGISTRY#${server}` }),
  gone: { pk: 'RACK', prefix: 'GONE#' },
  goneApp: (name: string) => ({ pk: 'RACK', sk: `GONE#${name}` }),
  expired: (app: string, id: string) => ({ pk: `APP#${app}`, sk: `EXPIRED#${id}` }),
  checkpoint: (app: string, id: string) => ({ pk: `APP#${app}`, sk: `CHECKPOINT#${id}` }),
  partition: (app: string) => `APP#${app}`,
  build: (app: string, id: string) => ({ pk: `APP#${app}`, sk: `BUILD#${id}` }),
  grant: (app: string, id: string) => ({ pk: `APP#${app}`, sk: `GRANT#${id}` }),
  release: (app: string, id: string) => ({ pk: `APP#${app}`, sk: `RELEASE#${id}` }),
  promotion: (app: string, id: string) => ({ pk: `APP#${app}`, sk: `PROMOTION#${id}` }),
  lock: (app: string) => ({ pk: `APP#${app}`, sk: 'LOCK' }),
  event: (app: string, id: string, sequence: number) => ({
    pk: `APP#${app}`,
    sk: `EVENT#${id}#${String(sequence).padStart(8, '0')}`,
  }),
} as const;
