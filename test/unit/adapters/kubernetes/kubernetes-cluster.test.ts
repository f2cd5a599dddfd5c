import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { ClusterConnection } from '#adapters/kubernetes/cluster-connection.ts';
import { KubernetesCluster } from '#adapters/kubernetes/kubernetes-cluster.ts';
import { ClusterUnreachableError } from '#core/kubernetes/cluster-error.ts';
import type { KubernetesObject } from '#core/kubernetes/object.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const bed = async (answer: Answer) => {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const credentials = { server: `http://127.0.0.1:${port}`, headers: {}, dispatcher: undefined };
  let forgotten = 0;
  const forget = () => {
    forgotten += 1;
  };
  const connection = new ClusterConnection(async () => credentials, forget);
  return { cluster: new KubernetesCluster(connection), forgotten: () => forgotten };
};

const answering = (status: number, body: unknown) =>
  bed((_, response) => response.writeHead(status).end(JSON.stringify(body)));

const aStatus = (code: number, reason: string) => ({
  kind: 'Status',
  code,
  reason,
  message: reason,
});

const aPod = (name: string, resourceVersion = '1') => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'a', uid: 'u', resourceVersion },
});

test('an object that is not there is undefined, any other no is an error', async () => {
  const missing = await answering(404, aStatus(404, 'NotFound'));
  const forbidden = await answering(403, aStatus(403, 'Forbidden'));

  expect(await missing.cluster.get('Pod', 'a', 'b')).toBeUndefined();
  await expect(forbidden.cluster.get('Pod', 'a', 'b')).rejects.toMatchObject({
    status: 403,
    reason: 'Forbidden',
  });
});

test('items of a list get the kind that they lack on the wire', async () => {
  const { cluster } = await answering(200, {
    apiVersion: 'v1',
    metadata: { resourceVersion: '7' },
    items: [{ metadata: { name: 'b' } }],
  });

  expect(await cluster.list('Pod', 'a')).toEqual({
    items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'b' } }],
    resourceVersion: '7',
  });
});

test.each([429, 500, 503])('%i says only not now', async (status) => {
  const { cluster } = await answering(status, aStatus(status, 'Busy'));

  await expect(cluster.list('Pod', 'a')).rejects.toThrow(ClusterUnreachableError);
});

test('an answer that breaks off, or is none of Kubernetes, is no answer', async () => {
  const broken = await bed((_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"items":', () => response.destroy());
  });
  const page = await bed((_, response) => response.end('<html>log in</html>'));

  await expect(broken.cluster.list('Pod', 'a')).rejects.toThrow(ClusterUnreachableError);
  await expect(page.cluster.list('Pod', 'a')).rejects.toThrow(ClusterUnreachableError);
});

test('credentials that the server does not know are forgotten', async () => {
  const { cluster, forgotten } = await answering(401, aStatus(401, 'Unauthorized'));

  await expect(cluster.list('Pod', 'a')).rejects.toMatchObject({ status: 401 });
  expect(forgotten()).toBe(1);
});

test('credentials that cannot be had are no verdict either', async () => {
  const connection = new ClusterConnection(() => Promise.reject(new Error('throttled')));

  await expect(new KubernetesCluster(connection).list('Pod', 'a')).rejects.toThrow(
    'no credentials for the cluster: throttled'
  );
});

test.each([400, 404])('a log that answers %i is empty', async (status) => {
  const { cluster } = await answering(status, aStatus(status, 'BadRequest'));

  expect(await cluster.logs({ namespace: 'a', pod: 'b', previous: true })).toBe('');
});

test('says when a container writes, until it ends', async () => {
  const paths: string[] = [];
  const { cluster } = await bed((request, response) => {
    paths.push(request.url ?? '');
    void send(response, ['one\ntw', 'o\n']).then(() => response.end());
  });
  let writes = 0;
  const { signal } = new AbortController();
  const onOutput = (): void => {
    writes += 1;
  };

  await cluster.followLogs({ namespace: 'a', pod: 'b', container: 'c', signal, onOutput });

  expect(writes).toBe(3);
  expect(paths).toEqual(['/api/v1/namespaces/a/pods/b/log?container=c&follow=true&tailLines=0']);
});

test('a container that has no log yet has nothing to follow, and whoever leaves waits for nothing', async () => {
  const onOutput = (): void => undefined;
  const request = { namespace: 'a', pod: 'b', container: 'c', onOutput };
  const { cluster } = await answering(400, aStatus(400, 'BadRequest'));
  const silent = await bed((_, response) => response.writeHead(200).flushHeaders());

  await cluster.followLogs({ ...request, signal: new AbortController().signal });
  const leaving = new AbortController();
  const followed = silent.cluster.followLogs({
    ...request,
    signal: leaving.signal,
    onOutput: () => leaving.abort(),
  });
  await expect(followed).resolves.toBeUndefined();
});

test('deletes by uid, and what is gone already is no error', async () => {
  const bodies: string[] = [];
  const { cluster } = await bed((request, response) => {
    request.once('data', (body) => bodies.push(`${body}`));
    response.writeHead(404).end(JSON.stringify(aStatus(404, 'NotFound')));
  });

  await cluster.remove(aPod('b'));

  expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ preconditions: { uid: 'u' } });
});

const send = async (response: ServerResponse, pieces: readonly string[]): Promise<void> => {
  for (const piece of pieces) {
    response.write(piece);
    await setImmediate();
  }
};

/** A watch of pods on a server that sends these pieces and then ends in this way. */
const watchOf = async (pieces: readonly string[], end: (response: ServerResponse) => void) => {
  const { cluster } = await bed((_, response) => {
    response.writeHead(200).flushHeaders();
    void send(response, pieces).then(() => end(response));
  });
  const seen: string[] = [];
  const stop = new AbortController();
  const ended = cluster.watch({
    kind: 'Pod',
    namespace: 'a',
    resourceVersion: '1',
    signal: stop.signal,
    onChange: (type, object: KubernetesObject) => {
      seen.push(`${type} ${object.metadata.name}`);
      if (object.metadata.name === 'last') stop.abort();
    },
  });
  return { seen, ended };
};

const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;

test('a watch tells changes as they come, also in pieces, but no bookmarks', async () => {
  const long = line('MODIFIED', aPod('c'));
  const { seen, ended } = await watchOf(
    [
      line('ADDED', aPod('b')),
      line('BOOKMARK', aPod('')),
      long.slice(0, 20),
      long.slice(20) + line('DELETED', aPod('b')),
    ],
    (response) => response.end()
  );

  expect(await ended).toBe('closed');
  expect(seen).toEqual(['ADDED b', 'MODIFIED c', 'DELETED b']);
});

test('an error in a watch asks for a new list', async () => {
  const { ended } = await watchOf([line('ERROR', aStatus(410, 'Expired'))], () => undefined);

  expect(await ended).toBe('expired');
});

test('410 instead of a watch asks for a new list, 403 is an error', async () => {
  const request = {
    kind: 'Pod',
    namespace: 'a',
    resourceVersion: '1',
    signal: new AbortController().signal,
    onChange: () => undefined,
  };
  const gone = await answering(410, aStatus(410, 'Expired'));
  const forbidden = await answering(403, aStatus(403, 'Forbidden'));

  expect(await gone.cluster.watch(request)).toBe('expired');
  await expect(forbidden.cluster.watch(request)).rejects.toMatchObject({ status: 403 });
});

test('a watch that is hung up in the middle of a line has ended', async () => {
  const { seen, ended } = await watchOf(
    [line('ADDED', aPod('b')), '{"type":"ADDED","obj'],
    (response) => response.destroy()
  );

  expect(await ended).toBe('closed');
  expect(seen).toEqual(['ADDED b']);
});

test('a watch ends when it is told to', async () => {
  const { ended } = await watchOf([line('ADDED', aPod('last'))], () => undefined);

  expect(await ended).toBe('closed');
});

test('an error of whoever watches is not taken for one of the server', async () => {
  const { cluster } = await bed((_, response) => response.write(line('ADDED', aPod('b'))));

  const watch = cluster.watch({
    kind: 'Pod',
    namespace: 'a',
    resourceVersion: '1',
    signal: new AbortController().signal,
    onChange: () => {
      throw new TypeError('a bug');
    },
  });

  await expect(watch).rejects.toThrow('a bug');
});
