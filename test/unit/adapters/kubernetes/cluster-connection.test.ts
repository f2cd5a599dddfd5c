import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { ClusterConnection } from '#adapters/kubernetes/cluster-connection.ts';
import { ClusterError, ClusterUnreachableError } from '#core/kubernetes/cluster-error.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

const connectTo = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  path = ''
): Promise<ClusterConnection> => {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return new ClusterConnection(async () => ({
    server: `http://127.0.0.1:${port}${path}`,
    headers: { authorization: 'Bearer abc' },
    dispatcher: undefined,
  }));
};

const answering = (status: number, body: string) =>
  connectTo((_, response) => response.writeHead(status).end(body));

test('sends what was asked for, with the credentials', async () => {
  const seen: unknown[] = [];
  const connection = await connectTo((request, response) => {
    const { method, url, headers } = request;
    request.once('data', (body) => {
      seen.push([method, url, headers.authorization, headers['content-type'], `${body}`]);
      response.end('{}');
    });
  }, '/k8s/clusters/one/');

  await connection.send({
    method: 'PATCH',
    path: '/api/v1/namespaces/a/pods/b',
    query: { fieldManager: 'rackless', force: true, dryRun: undefined },
    body: { a: 1 },
    contentType: 'application/merge-patch+json',
  });

  expect(seen).toEqual([
    [
      'PATCH',
      '/k8s/clusters/one/api/v1/namespaces/a/pods/b?fieldManager=rackless&force=true',
      'Bearer abc',
      'application/merge-patch+json',
      '{"a":1}',
    ],
  ]);
});

test('hands on whose fields a server-side apply would have taken', async () => {
  const causes = [{ reason: 'FieldManagerConflict', message: 'conflict with "hpa"', field: '.a' }];
  const body = { message: 'Apply failed', reason: 'Conflict', details: { causes } };
  const connection = await answering(409, JSON.stringify(body));

  await expect(connection.send({ path: '/' })).rejects.toMatchObject({ causes });
});

test('hands on what the API server refuses, with its reason', async () => {
  const status = { kind: 'Status', reason: 'AlreadyExists', message: 'pods "b" already exists' };
  const connection = await answering(409, JSON.stringify(status));

  const refused = connection.send({ method: 'POST', path: '/api/v1/pods' });

  await expect(refused).rejects.toBeInstanceOf(ClusterError);
  await expect(refused).rejects.toMatchObject({
    status: 409,
    kind: 'conflict',
    reason: 'AlreadyExists',
    message: 'pods "b" already exists',
  });
});

test('says what to do when the cluster does not know or does not trust us', async () => {
  const unknown = (await answering(401, '{}')).send({ path: '/api' });
  const distrusted = (await answering(403, '{}')).send({ path: '/api/v1/secrets' });

  await expect(unknown).rejects.toMatchObject({ hint: expect.stringContaining('kubeconfig') });
  await expect(distrusted).rejects.toMatchObject({
    hint: "the rack's identity may not GET /api/v1/secrets: see infra/cluster",
  });
});

test('understands an answer that is no Status', async () => {
  for (const body of ['', 'null', '"text"', '5', '[]', '<html>proxy</html>', '{"message":']) {
    const connection = await answering(400, body);
    await expect(connection.send({ path: '/api' })).rejects.toBeInstanceOf(ClusterError);
  }
});

test('takes "not now" for a cluster that is out of reach, never for a refusal', async () => {
  for (const status of [429, 500, 502, 503, 504]) {
    const connection = await answering(status, '{"message":"etcd is slow"}');
    const sent = connection.send({ path: '/api' });
    await expect(sent).rejects.toBeInstanceOf(ClusterUnreachableError);
    await expect(sent).rejects.toThrow(`the cluster answered ${status}: etcd is slow`);
  }
});

test('says why nobody answers', async () => {
  const connection = await connectTo((request) => request.socket.destroy());
  await expect(connection.send({ path: '/api' })).rejects.toBeInstanceOf(ClusterUnreachableError);
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done));

  const refused = connection.send({ path: '/api' });

  await expect(refused).rejects.toThrow(
    /^the cluster at http:\/\/127\.0\.0\.1:\d+\/? does not answer: .*ECONNREFUSED/
  );
});
