import type * as z from 'zod';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a token's role must allow. `open` routes need no token; there is one, `/check`. */
export type Permission =
  | 'open'
  | 'rack:read'
  | 'rack:write'
  | 'app:read'
  | 'app:create'
  | 'app:write'
  | 'app:delete'
  | 'env:read'
  | 'env:write'
  | 'build:write'
  | 'release:write'
  | 'promote'
  | 'process:read'
  | 'process:write';

/** The function group that serves a route, and so the IAM role it runs with. */
export type Group = 'api' | 'cluster' | 'adoption' | 'credentials';

/**
 * One HTTP operation: the only thing that the CLI and the functions have in common.
 * `input` is path parameters, query and body in one object; a path parameter wins over a field of
 * the same name, since the path is what was authorized. `{key+}` matches the rest of the path.
 * A GET or DELETE carries its other fields in the query string.
 */
export interface Endpoint<Input = unknown, Response = unknown> {
  readonly method: Method;
  readonly path: `/${string}`;
  readonly group: Group;
  readonly permission: Permission;
  readonly input: z.ZodType<Input>;
  readonly response: z.ZodType<Response>;
  /**
   * `text` answers are sent as `text/plain`, as Convox does for routes without a result (`ok`); a
   * `redirect` is where to go on.
   */
  readonly answer?: 'json' | 'text' | 'redirect';
  /**
   * The body is content, not fields; the use case gets it as `body`, base64-encoded. Other fields are in
   * the query string.
   */
  readonly content?: boolean;
}

export const endpoint = <Input, Response>(
  definition: Endpoint<Input, Response>
): Endpoint<Input, Response> => definition;
