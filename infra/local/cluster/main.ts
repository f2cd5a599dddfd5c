import { parseArgs } from 'node:util';
import { startCluster } from './start-cluster.ts';

const { values } = parseArgs({
  options: {
    'state-dir': { type: 'string', default: process.env['STATE_DIR'] ?? '.rackless/cluster' },
    port: { type: 'string', default: '0' },
    'front-port': { type: 'string' },
    /** `HOST=URL`: where images of HOST are really pulled from. */
    registry: { type: 'string', multiple: true, default: [] },
  },
});

const registries = Object.fromEntries(
  values.registry.map((pair) => {
    const [host = '', url = ''] = pair.split('=');
    return [host, { url }];
  })
);

const cluster = await startCluster({
  stateDir: values['state-dir'],
  port: Number(values.port),
  frontPort: values['front-port'] === undefined ? undefined : Number(values['front-port']),
  registries,
  log: (line) => console.error(line),
});

const { kubeconfig, port, frontPort } = cluster;
console.log(JSON.stringify({ kubeconfig, port, frontPort, pid: process.pid }));

let closing = false;
const close = (): void => {
  if (closing) {
    return;
  }
  closing = true;
  cluster.close().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    }
  );
};
process.on('SIGTERM', close);
process.on('SIGINT', close);
