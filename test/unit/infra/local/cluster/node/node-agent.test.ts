import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startNodeAgent } from '#infra/local/cluster/node/node-agent.ts';
import { fastClock } from './fast-clock.ts';
import {
  isReady,
  type NodeBed,
  namespace,
  nodeImage,
  serverScript,
  startNodeBed,
} from './node-bed.ts';

let bed: NodeBed;

beforeEach(async () => {
  bed = await startNodeBed({ clock: fastClock(20) });
});

afterEach(async () => {
  await bed.close();
});

const callFront = (port: number, method: string): Promise<string> =>
  new Promise((resolve) => {
    const outgoing = request({ host: '127.0.0.1', port, method, headers: { host: 'shop-web' } });
    outgoing.once('response', (answer) => {
      answer.once('data', (chunk) => resolve(`${answer.statusCode} ${chunk}`));
      answer.once('error', (error) => resolve(error.message));
    });
    outgoing.once('error', (error) => resolve(error.message));
    outgoing.end(method === 'POST' ? 'body' : undefined);
  });

const webService = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace, labels: { app: 'shop', service: 'web' } },
  spec: { selector: { service: 'web' }, ports: [{ port: 80, targetPort: 3000 }] },
};

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

/** Starts a process that does not heed SIGTERM; gives its pid. */
const startStubborn = async (): Promise<number> => {
  const script =
    "process.on('SIGTERM', () => {}); console.log(process.pid); setInterval(() => {}, 1000);";
  const image = bed.push(nodeImage(script));
  bed.createPod('worker', { containers: [{ name: 'main', image }] });
  await bed.until('worker', isReady);
  const log = { namespace, pod: 'worker', container: 'main' };
  for await (const chunk of bed.agent.podLogs.read(log, { follow: true })) {
    return Number(chunk);
  }
  throw new Error('the process has written nothing');
};

test('a pod runs, is ready, logs, is served and goes away when it is deleted', async () => {
  const image = bed.push(nodeImage(serverScript('hello')));
  bed.store.create('services', webService);
  bed.createPod(
    'web-1',
    {
      containers: [
        {
          name: 'main',
          image,
          ports: [{ containerPort: 3000 }],
          readinessProbe: { httpGet: { path: '/', port: 3000 }, periodSeconds: 100 },
        },
      ],
    },
    { service: 'web' }
  );

  await bed.until('web-1', isReady);
  const pod = bed.pod('web-1');
  const service = bed.store.get('services', namespace, 'web');
  const direct = await fetch(
    `http://127.0.0.1:${pod.metadata?.annotations?.['rackless.dev/host-port']}/`
  );
  const proxied = await fetch(
    `http://127.0.0.1:${service?.metadata?.annotations?.['rackless.dev/proxy-port']}/`
  );
  const front = await callFront(bed.agent.frontPort, 'GET');

  expect(pod.status).toMatchObject({
    phase: 'Running',
    podIP: '127.0.0.1',
    containerStatuses: [{ name: 'main', ready: true, started: true, restartCount: 0, image }],
  });
  expect(await direct.text()).toBe('hello');
  expect(await proxied.text()).toBe('hello');
  expect(front).toBe('200 hello');
  expect(await bed.logs('web-1')).toBe('listening\n');
  expect(bed.events('web-1')).toEqual([
    `Normal Pulling: Pulling image "${image}"`,
    expect.stringMatching(
      /^Normal Pulled: Successfully pulled image ".*" in .* \(.* including waiting\)\. Image size: \d+ bytes\.$/
    ),
    'Normal Created: Created container: main',
    'Normal Started: Started container main',
  ]);

  bed.deletePod('web-1');
  expect(isReady(bed.pod('web-1'))).toBe(false);
  await bed.until('web-1', (current) => current === undefined);
  expect(bed.events('web-1').at(-1)).toBe('Normal Killing: Stopping container main');
});

test('a rollout under load loses no request, also of a process that knows no SIGTERM', async () => {
  const slow = (text: string): string =>
    `require('http').createServer((q, r) => setTimeout(() => r.end('${text}'), 20)).listen(process.env.PORT, '127.0.0.1');`;
  const images = {
    old: bed.push({ ...nodeImage(slow('old')), tag: 'old' }),
    new: bed.push({ ...nodeImage(slow('new')), tag: 'new' }),
  };
  bed.store.create('services', webService);
  const start = async (name: string, image: string): Promise<void> => {
    const readinessProbe = { httpGet: { path: '/', port: 3000 }, periodSeconds: 100 };
    const ports = [{ containerPort: 3000 }];
    const containers = [{ name: 'main', image, ports, readinessProbe }];
    bed.createPod(name, { containers }, { service: 'web' });
    await bed.until(name, isReady);
  };
  const stop = async (name: string): Promise<void> => {
    bed.deletePod(name);
    await bed.until(name, (pod) => pod === undefined);
  };
  await start('old-1', images.old);
  await start('old-2', images.old);
  const answers = new Set<string>();
  const rolledOut = new AbortController();
  const load = async (method: string): Promise<void> => {
    while (!rolledOut.signal.aborted) {
      answers.add(await callFront(bed.agent.frontPort, method));
    }
  };
  const loads = ['GET', 'GET', 'POST', 'POST'].map(load);

  for (const number of [1, 2]) {
    await start(`new-${number}`, images.new);
    await stop(`old-${number}`);
  }
  rolledOut.abort();
  await Promise.all(loads);

  expect(answers).toEqual(new Set(['200 old', '200 new']));
});

test('folders and logs of pods that are gone are swept away', async () => {
  const leftover = join(bed.folder, 'pods', 'gone');
  const kept = join(bed.folder, 'images', 'sha256-1');
  await bed.agent.close();
  await mkdir(leftover, { recursive: true });
  await mkdir(kept, { recursive: true });

  const next = await startNodeAgent({
    store: bed.store,
    stateDir: bed.folder,
    log: () => undefined,
  });
  await next.close();

  expect(existsSync(leftover)).toBe(false);
  expect(existsSync(kept)).toBe(true);
});

test('says once that pods run as the current user', () => {
  expect(bed.lines).toEqual([expect.stringMatching(/^pods run as the user \S+ on this machine/)]);
});

test('a pod that is removed at once is killed at once', async () => {
  const pid = await startStubborn();

  bed.store.remove('pods', namespace, 'worker');
  await bed.agent.close();

  expect(isGone(pid)).toBe(true);
});

test('leaves no process behind when it closes', async () => {
  const pid = await startStubborn();

  await bed.agent.close();

  expect(isGone(pid)).toBe(true);
});
