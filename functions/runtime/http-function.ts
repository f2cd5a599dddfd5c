import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod';
import { NotFoundError } from '#core/errors.ts';
import { type Caller, requirePermission } from './caller.ts';
import { parseRequest } from './parse-request.ts';
import { json, problem, redirect, text } from './responses.ts';
import { findRoute, type Route } from './route.ts';

type Event = APIGatewayProxyEventV2 & {
  readonly requestContext: { readonly authorizer?: { readonly lambda?: unknown } };
};

/** What the authorizer hands on; numbers and absent values arrive as text or null. */
const Identity = z.object({
  name: z.string().min(1),
  role: z.enum(['read', 'deploy', 'admin']),
  app: z
    .string()
    .nullish()
    .transform((app) => app || undefined),
});

/** The Lambda handler of a group: finds the route, checks the permission, answers. */
export const httpFunction = (routes: readonly Route[]) =>
  middy<Event, APIGatewayProxyStructuredResultV2>()
    .onError((request) => {
      request.response = problem(request.error, request.event);
    })
    .handler((event) => answer(routes, event));

const answer = async (
  routes: readonly Route[],
  event: Event
): Promise<APIGatewayProxyStructuredResultV2> => {
  const { method } = event.requestContext.http;
  const match = findRoute(routes, method, event.rawPath);
  const caller = callerOf(event);
  if (!match) {
    requirePermission(caller, 'rack:read', undefined);
    throw new NotFoundError(`no such route: ${method} ${event.rawPath}`);
  }
  const { endpoint } = match.route;
  const app = match.params['app'] ?? match.params['name'];
  requirePermission(caller, endpoint.permission, app);
  const result = await match.route.answer(parseRequest(match, event), caller);
  const { requestId } = event.requestContext;
  if (endpoint.answer === 'text') return text(String(result), requestId);
  if (endpoint.answer === 'redirect') return redirect(String(result), requestId);
  return json(endpoint.response.parse(result), requestId);
};

const callerOf = (event: Event): Caller => {
  const identity = Identity.safeParse(event.requestContext.authorizer?.lambda);
  return identity.success ? identity.data : undefined;
};
