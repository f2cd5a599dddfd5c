/** Where something stands in a manifest; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong in a manifest. `path` is dotted: `services.web.port`. */
export interface Problem extends Position {
  readonly message: string;
  readonly path?: string;
  readonly hint?: string;
}
