import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { KubeConfig } from '@kubernetes/client-node';

/** A JSON document from the API; tests look into it freely. */
export type Document = Record<string, unknown>;

export interface Reply {
  readonly code: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Document;
  readonly text: string;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly type?: string;
  readonly accept?: string;
}

export interface WatchedEvent {
  readonly type: string;
  readonly object: Document;
}

/** An open watch; `next` waits for the next event that fits, `close` ends it. */
export interface Watching {
  next(fits?: (event: WatchedEvent) => boolean): Promise<WatchedEvent>;
  close(): void;
}

const parsed = (body: string): Document => {
  try {
    return JSON.parse(body) as Document;
  } catch {
    return {};
  }
};

/** Plain HTTP with the credentials of a kubeconfig, to see exactly what goes over the wire. */
export class RawClient {
  readonly #config: KubeConfig;

  constructor(config: KubeConfig) {
    this.#config = config;
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<Reply> {
    const response = await this.#send(method, path, options);
    const body = await text(response);
    return {
      code: response.statusCode ?? 0,
      headers: response.headers,
      body: parsed(body),
      text: body,
    };
  }

  /** Server-side apply of `object` in the name of `manager`. */
  apply(
    path: string,
    object: object,
    { manager, force = false }: { manager: string; force?: boolean }
  ): Promise<Reply> {
    return this.call('PATCH', `${path}?fieldManager=${manager}&force=${force}`, {
      body: object,
      type: 'application/apply-patch+yaml',
    });
  }

  mergePatch(path: string, patch: object, manager = 'conformance'): Promise<Reply> {
    return this.call('PATCH', `${path}?fieldManager=${manager}`, {
      body: patch,
      type: 'application/merge-patch+json',
    });
  }

  async watch(path: string): Promise<Watching> {
    const separator = path.includes('?') ? '&' : '?';
    const response = await this.#send('GET', `${path}${separator}watch=true`, {});
    const lines = createInterface({ input: response })[Symbol.asyncIterator]();
    const read = async (): Promise<WatchedEvent> => {
      const { value, done } = await lines.next();
      if (done === true) {
        throw new Error('the watch ended');
      }
      return JSON.parse(value) as WatchedEvent;
    };
    return {
      next: async (fits = () => true) => {
        for (;;) {
          const event = await read();
          if (fits(event)) {
            return event;
          }
        }
      },
      close: () => response.destroy(),
    };
  }

  async #send(method: string, path: string, options: CallOptions): Promise<IncomingMessage> {
    const server = this.#config.getCurrentCluster()?.server ?? '';
    const { body, type = 'application/json', accept = 'application/json' } = options;
    const settings: RequestOptions = {};
    await this.#config.applyToHTTPSOptions(settings);
    const url = new URL(`${server.replace(/\/$/, '')}${path}`);
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const { agent: _, ...credentials } = settings;
    const sent = body === undefined ? '' : JSON.stringify(body);
    const request = send(url, {
      ...credentials,
      method,
      headers: {
        ...settings.headers,
        accept,
        'content-length': Buffer.byteLength(sent),
        ...(body === undefined ? {} : { 'content-type': type }),
      },
    });
    request.end(sent);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return response;
  }
}
