import type * as z from 'zod';
import { askGoogle, type GoogleEndpoints, type GoogleRequest, type Sleep } from './ask-google.ts';
import { GoogleError } from './google-error.ts';

export interface GoogleApiParts {
  readonly endpoints: GoogleEndpoints;
  readonly sleep: Sleep;
  /** Of the rack's own service account. */
  readonly token: () => Promise<string>;
}

/** Asks Google's APIs as the rack itself. */
export class GoogleApi {
  readonly endpoints: GoogleEndpoints;
  readonly sleep: Sleep;
  readonly token: () => Promise<string>;

  constructor({ endpoints, sleep, token }: GoogleApiParts) {
    this.endpoints = endpoints;
    this.sleep = sleep;
    this.token = token;
  }

  async call<Answer>(schema: z.ZodType<Answer>, request: GoogleRequest): Promise<Answer> {
    const authorization = `Bearer ${await this.token()}`;
    return schema.parse(await askGoogle({ ...request, headers: { authorization } }, this.sleep));
  }

  /** Undefined for what is not there. */
  async find<Answer>(
    schema: z.ZodType<Answer>,
    request: GoogleRequest
  ): Promise<Answer | undefined> {
    try {
      return await this.call(schema, request);
    } catch (error) {
      if (error instanceof GoogleError && error.status === 404) return undefined;
      throw error;
    }
  }
}
