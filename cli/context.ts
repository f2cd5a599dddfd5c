import type { Call } from './api-client.ts';
import type { Host } from './host.ts';
import type { Output } from './ui/output.ts';

/** Everything a command may touch. Commands never reach for globals. */
export interface Context {
  readonly host: Host;
  readonly out: Output;
  readonly call: Call;
  /** For what must be said even after Ctrl-C; gives up after 10 seconds. */
  readonly callAnyway: Call;
  /** The app that the command is about. */
  app(): string;
}
