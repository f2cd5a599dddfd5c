import { createServer } from 'node:http';
import { type AddressInfo, connect, type Server } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { createRelay } from '#infra/local/relay/relay.ts';

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const it of open.splice(0)) it.close();
});

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  return (server.address() as AddressInfo).port;
};

test('hands requests and answers on as they are', async () => {
  const upstream = createServer(async (request, response) => {
    let size = 0;
    for await (const chunk of request) size += chunk.length;
    response.end(`${request.headers.host} ${size}`);
  });
  const port = await listen(createRelay({ upstreamPort: await listen(upstream) }));

  const answer = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    body: Buffer.alloc(3_000_000),
    headers: { connection: 'close' },
  });

  expect(await answer.text()).toBe(`127.0.0.1:${port} 3000000`);
});

test('hangs up when nobody listens behind it', async () => {
  const gone = createServer();
  const upstreamPort = await listen(gone);
  await new Promise((resolve) => gone.close(resolve));
  const port = await listen(createRelay({ upstreamPort }));

  const ended = new Promise((resolve) => connect(port, '127.0.0.1').on('close', resolve));

  await expect(ended).resolves.toBe(false);
});
