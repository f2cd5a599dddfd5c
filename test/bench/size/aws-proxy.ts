import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface AwsUse {
  /** `DynamoDB TransactWriteItems`, `S3 PUT`, … and how often. */
  readonly calls: Readonly<Record<string, number>>;
  /** What DynamoDB bills on demand: a unit for each begun KB, twice that in a transaction. */
  readonly writeUnits: number;
  /** Bytes of each checkpoint that was written, wherever it went. */
  readonly checkpoints: readonly number[];
}

export interface AwsProxy {
  readonly port: number;
  /** What went through since the last call. */
  readonly take: () => AwsUse;
  readonly close: () => void;
}

/** Stands between a function and the AWS emulator at a port, and keeps account. */
export const startAwsProxy = async (upstream: number): Promise<AwsProxy> => {
  let account = new Account();
  const server = createServer(async (incoming, answer) => {
    const body = await buffer(incoming);
    account.add(incoming, body);
    pass(upstream, { incoming, body }, answer);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    take: () => {
      const { calls, writeUnits, checkpoints } = account;
      account = new Account();
      return { calls, writeUnits, checkpoints };
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

const pass = (
  port: number,
  { incoming, body }: { readonly incoming: IncomingMessage; readonly body: Buffer },
  answer: ServerResponse
): void => {
  const { method, url: path, headers } = incoming;
  const outgoing = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
  });
  outgoing.on('error', () => answer.destroy());
  outgoing.end(body);
};

type Attribute = Readonly<Record<string, unknown>>;

interface Write {
  readonly Put?: { readonly Item: Readonly<Record<string, Attribute>> };
}

interface WriteRequest {
  readonly TransactItems?: readonly Write[];
  readonly Item?: Readonly<Record<string, Attribute>>;
}

class Account {
  readonly calls: Record<string, number> = {};
  readonly checkpoints: number[] = [];
  writeUnits = 0;

  add({ method = '', url = '', headers }: IncomingMessage, body: Buffer): void {
    const target = /^(\w+?)(?:_\d+)?\.(\w+)$/.exec(String(headers['x-amz-target'] ?? ''));
    const name = target ? `${target[1]} ${target[2]}` : `S3 ${method}`;
    this.calls[name] = (this.calls[name] ?? 0) + 1;
    if (!target && method === 'PUT' && url.includes('/checkpoint')) {
      this.checkpoints.push(body.length);
    }
    if (target?.[1] === 'DynamoDB') this.#addWrites(target[2] ?? '', body);
  }

  #addWrites(operation: string, body: Buffer): void {
    if (['UpdateItem', 'DeleteItem'].includes(operation)) this.writeUnits += 1;
    const isPut = ['PutItem', 'TransactWriteItems'].includes(operation);
    const asked = (isPut ? JSON.parse(`${body}`) : {}) as WriteRequest;
    if (asked.Item) this.writeUnits += unitsOf(asked.Item);
    for (const { Put } of asked.TransactItems ?? []) {
      // An update or a condition reaches small items only.
      this.writeUnits += 2 * (Put ? unitsOf(Put.Item) : 1);
      this.#noteCheckpoint(Put?.Item);
    }
  }

  #noteCheckpoint(item: Readonly<Record<string, Attribute>> | undefined): void {
    const text = item?.['text']?.['S'];
    const isCheckpoint = String(item?.['sk']?.['S']).startsWith('CHECKPOINT');
    if (isCheckpoint && typeof text === 'string') this.checkpoints.push(text.length);
  }
}

const unitsOf = (item: object): number => Math.ceil(JSON.stringify(item).length / 1024);
