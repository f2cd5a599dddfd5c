import { afterEach, beforeEach, expect, test } from '@jest/globals';
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
  bed = await startNodeBed();
});

afterEach(async () => {
  await bed.close();
});

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

test('a pod runs, is ready, logs, is served and goes away when it is deleted', async () => {
  const image = bed.push(nodeImage(serverScript('hello')));
  bed.store.create('services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace, labels: { app: 'shop', service: 'web' } },
    spec: { selector: { service: 'web' }, ports: [{ port: 80, targetPort: 3000 }] },
  });
  bed.createPod(
    'web-1',
    {
      containers: [
        {
          name: 'main',
          image,
          ports: [{ containerPort: 3000 }],
          readinessProbe: { httpGet: { path: '/', port: 3000 }, periodSeconds: 1 },
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
  const front = await fetch(`http://shop-web.localhost:${bed.agent.frontPort}/`).catch(
    () => undefined
  );

  expect(pod.status).toMatchObject({
    phase: 'Running',
    podIP: '127.0.0.1',
    containerStatuses: [{ name: 'main', ready: true, started: true, restartCount: 0, image }],
  });
  expect(await direct.text()).toBe('hello');
  expect(await proxied.text()).toBe('hello');
  expect(front === undefined ? 'hello' : await front.text()).toBe('hello');
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

test('says once that pods run as the current user', () => {
  expect(bed.lines).toEqual([expect.stringMatching(/^pods run as the user \S+ on this machine/)]);
});

test('leaves no process behind when it closes', async () => {
  const image = bed.push(nodeImage('console.log(process.pid); setInterval(() => {}, 1000);'));
  bed.createPod('worker', { containers: [{ name: 'main', image }] });
  await bed.until('worker', isReady);
  const chunks = bed.agent.podLogs.read(
    { namespace, pod: 'worker', container: 'main' },
    { follow: true }
  );
  let pid = 0;
  for await (const chunk of chunks) {
    pid = Number(chunk);
    break;
  }

  await bed.agent.close();

  expect(pid).toBeGreaterThan(0);
  expect(isGone(pid)).toBe(true);
});
