import type { Endpoint } from '#contracts/endpoint.ts';
import type { Caller } from './caller.ts';

/** One operation: its contract and the use case that serves it. */
export interface Route {
  readonly endpoint: Endpoint;
  readonly answer: (input: unknown, caller: Caller) => Promise<unknown>;
}

/** Structural typing checks here that the use case fits its contract. */
export const route = <Input, Response>(
  endpoint: Endpoint<Input, Response>,
  useCase: (input: Input, caller: Caller) => Promise<Response>
): Route => ({
  endpoint: endpoint as Endpoint,
  answer: (input, caller) => useCase(input as Input, caller),
});

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route of a request by method and path. `{key+}` takes the rest of the path. */
export const findRoute = (
  routes: readonly Route[],
  method: string,
  path: string
): Match | undefined => {
  for (const candidate of routes) {
    if (candidate.endpoint.method !== method) continue;
    const params = matchPath(candidate.endpoint.path, path);
    if (params) return { route: candidate, params };
  }
  return undefined;
};

const matchPath = (template: string, path: string): Record<string, string> | undefined => {
  const names: string[] = [];
  const pattern = template
    .replaceAll('.', '\\.')
    .replaceAll(/\{(\w+)(\+?)\}/g, (_, name: string, greedy: string) => {
      names.push(name);
      return greedy ? '([^?]+)' : '([^/?]+)';
    });
  // The stock client ends every path in `?`, which a gateway may leave there.
  const match = new RegExp(`^${pattern}/?\\??$`).exec(path);
  if (!match) return undefined;
  return Object.fromEntries(names.map((name, at) => [name, decode(match[at + 1] ?? '')]));
};

/** A broken escape stays as it is; the contract then refuses it by name. */
const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
