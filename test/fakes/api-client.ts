import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { routes } from '#functions/api/routes.ts';
import { routes as credentialsRoutes } from '#functions/credentials/routes.ts';
import { httpFunction } from '#functions/runtime/http-function.ts';
import type { Route } from '#functions/runtime/route.ts';
import { type ApiBed, admin, apiBed } from './api-bed.ts';
import { type HttpRequest, httpEvent } from './http-event.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
}

/** Of a client that speaks JSON. */
export const jsonHeaders = { accept: 'application/json', 'content-type': 'application/json' };

/** Sends a request through the Lambda handler with the real route tables of two groups, as an admin. */
export const apiClient = (bed: ApiBed = apiBed(), others: readonly Route[] = []) => {
  const handler = httpFunction([...routes(bed), ...credentialsRoutes(bed), ...others]);
  return async (request: HttpRequest): Promise<Answer> => {
    const event = httpEvent({ caller: admin, ...request });
    return answerOf(await handler(event as never, {} as Context));
  };
};

const answerOf = ({ statusCode, headers, body }: APIGatewayProxyStructuredResultV2): Answer => ({
  status: statusCode ?? 0,
  headers: headers ?? {},
  text: body ?? '',
  json: parsed(body ?? ''),
});

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
