import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import type { JsonObject } from './json.ts';

export const sendText = (response: ServerResponse, code: number, body: string): void => {
  response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
};

export const sendJson = (response: ServerResponse, code: number, body: JsonObject): void => {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

/** Header text has one line and plain letters; `"` and `\` are escaped in a quoted string. */
const warningText = (warning: string): string =>
  `299 - "${warning.replace(/[^\x20-\x7e]/g, ' ').replace(/["\\]/g, '\\$&')}"`;

export const sendAnswer = (response: ServerResponse, { code, body, warnings }: Answer): void => {
  if (warnings !== undefined && warnings.length > 0) {
    response.setHeader('warning', warnings.map(warningText));
  }
  sendJson(response, code, body);
};
