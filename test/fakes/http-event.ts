import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Token } from '#core/tokens/token.ts';

export interface HttpRequest {
  readonly method?: string;
  /** As the gateway hands it on: still percent-encoded, without the query. */
  readonly path: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  /** What the authorizer found out; nobody when it is left out. */
  readonly caller?: Token | undefined;
}

/** An event of API Gateway, payload version 2.0, with what its authorizer added. */
export const httpEvent = ({ method = 'GET', path, caller, ...given }: HttpRequest) =>
  ({
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: given.query ?? '',
    headers: { ...given.headers },
    ...(given.body !== undefined && { body: given.body }),
    isBase64Encoded: given.isBase64Encoded ?? false,
    requestContext: {
      requestId: 'request-1',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      ...authorizer(caller),
    },
  }) as unknown as APIGatewayProxyEventV2;

const authorizer = (caller: Token | undefined) =>
  caller && {
    authorizer: { lambda: { name: caller.name, role: caller.role, app: caller.app ?? '' } },
  };
