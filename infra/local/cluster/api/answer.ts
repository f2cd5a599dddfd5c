import type { JsonObject } from './json.ts';

/** What a verb hands back to the HTTP server. */
export interface Answer {
  readonly code: number;
  readonly body: JsonObject;
  /** Texts for `Warning: 299` headers, which kubectl prints. */
  readonly warnings?: readonly string[];
}

export const ok = (body: JsonObject, warnings: readonly string[] = []): Answer => ({
  code: 200,
  body,
  warnings,
});

export const created = (body: JsonObject, warnings: readonly string[] = []): Answer => ({
  code: 201,
  body,
  warnings,
});
