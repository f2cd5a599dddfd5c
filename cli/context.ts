import type { Call } from './api-client.ts';
import type { Host } from './host.ts';
import type { Output } from './ui/output.ts';

/** Everything a command may touch. Commands never reach for globals. */
export interface Context {
  readonly host: Host;
  readonly out: Output;
  readonly call: Call;
  /** The app that the command is about. */
  app(): string;
}
