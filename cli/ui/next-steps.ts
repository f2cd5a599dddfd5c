/** Hints that name a command of ours, by the code of the error; the server's own hint comes first. */
const steps: Readonly<Record<string, string>> = {
  Unauthorized:
    'check the token in RACK_URL, or log in again with `rackless login HOST --token TOKEN`',
  Forbidden: 'ask an admin of the rack for a token with more rights',
  AppNotFound: 'list the apps with `rackless apps`, or make it with `rackless apps create NAME`',
  AppUpdating: 'wait, stop it with `rackless apps cancel`, or add --force to replace it',
  BuildNotFound: 'list the builds with `rackless builds`',
  ReleaseNotFound: 'list the releases with `rackless releases`',
  ProcessNotFound: 'list the processes with `rackless ps`',
  ServiceNotFound: 'list the services with `rackless services`',
};

export const nextStep = (code: string): string | undefined => steps[code];
