import { createServer } from 'node:http';

const { FAIL = '', FAIL_AFTER = '5', PORT = '3000', RELEASE = 'no release' } = process.env;
const started = Date.now();

const log = (line) => console.log(`web ${RELEASE} process ${process.pid}: ${line}`);

const exit = (why) => {
  log(`${why}: exiting`);
  process.exit(1);
};

if (FAIL === 'crash') exit('FAIL=crash');
if (FAIL === 'exit-later') setTimeout(() => exit('FAIL=exit-later'), Number(FAIL_AFTER) * 1000);

const isHealthy = () => FAIL !== 'unready' && (FAIL !== 'slow' || Date.now() - started >= 20_000);

const server = createServer((request, response) => {
  // Clients that keep connections open would hold up the end.
  if (stopping) response.setHeader('connection', 'close');
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  if (request.url === '/health') {
    response.statusCode = isHealthy() ? 200 : 500;
    response.end(isHealthy() ? 'ok\n' : 'not ready\n');
    return;
  }
  if (request.url !== '/') {
    response.statusCode = 404;
    response.end('not found\n');
    return;
  }
  response.end(`hello from release ${RELEASE}, process ${process.pid}\n`);
});

let stopping = false;

/** New requests go to other processes; those that are here get their answers. */
const drain = () => {
  if (stopping) return;
  stopping = true;
  log('draining');
  server.close(() => {
    log('drained');
    process.exit(0);
  });
  server.closeIdleConnections();
};

process.on('SIGTERM', drain);
process.on('SIGINT', drain);
server.listen(Number(PORT), () => log(`listening on port ${PORT}`));
