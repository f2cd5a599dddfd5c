/** Hints that name a command of ours, by the code of the error; the rack's own hint comes first. */
const byCode: Readonly<Record<string, string>> = {
  Unauthenticated:
    'check the token in RACK_URL, or log in again with `rackless login HOST --token TOKEN`',
  PermissionDenied: 'ask an admin of the rack for a token with more rights',
  AppUpdating:
    'add --queue to run after it, or --force to cancel it and run then; `rackless apps cancel` stops it',
  TooLateToCancel: 'go back with `rackless releases rollback RELEASE`',
};

/** What is missing says which list to look at: `release not found: RABCDEFGHIJ`. */
const byNoun: Readonly<Record<string, string>> = {
  app: 'list the apps with `rackless apps`, or make it with `rackless apps create NAME`',
  build: 'list the builds with `rackless builds`',
  process: 'list the processes with `rackless ps`',
  release: 'list the releases with `rackless releases`',
  service: 'list the services with `rackless services`',
};

/** The next step after an error, if the client knows one. */
export const nextStep = (code: string, detail: string): string | undefined => {
  const noun = /^(\w+) not found\b/.exec(detail)?.[1];
  return byCode[code] ?? (noun === undefined ? undefined : byNoun[noun]);
};
