import { parse } from 'yaml';
import { badRequest, StatusError } from '../status-error.ts';
import { isObject, type JsonObject } from './json.ts';
import type { ApiRequest } from './request.ts';

export const mediaType = (request: Pick<ApiRequest, 'headers'>): string =>
  (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim() ?? '';

const refuseBinary = (type: string): void => {
  if (type.includes('protobuf') || type.includes('cbor')) {
    throw new StatusError({
      code: 415,
      reason: 'UnsupportedMediaType',
      message:
        'the embedded cluster reads no protobuf - accepted media types include: application/json, application/yaml; use kubectl apply -f or kubectl create -f',
    });
  }
};

/** The body as JSON data; YAML where its type says so. Throws 400 for text that is neither. */
export const parseBody = (request: Pick<ApiRequest, 'headers' | 'body'>): unknown => {
  const type = mediaType(request);
  refuseBinary(type);
  try {
    return type.includes('yaml') ? parse(request.body) : JSON.parse(request.body);
  } catch (error) {
    throw badRequest(
      `couldn't get version/kind; json parse error: ${error instanceof Error ? error.message : error}`
    );
  }
};

export const parseObjectBody = (request: Pick<ApiRequest, 'headers' | 'body'>): JsonObject => {
  const body = parseBody(request);
  if (!isObject(body)) {
    throw badRequest('the body of the request is not an object');
  }
  return body;
};

/** As `parseObjectBody`, but an empty body is an empty object (DELETE). */
export const parseOptionalBody = (request: Pick<ApiRequest, 'headers' | 'body'>): JsonObject =>
  request.body.trim() === '' ? {} : parseObjectBody(request);
