const { FAIL = '', RELEASE = 'no release' } = process.env;

const log = (line) => console.log(`worker ${RELEASE} process ${process.pid}: ${line}`);

let jobs = 0;

const work = () => {
  jobs += 1;
  log(`did job ${jobs}`);
};

const timer = setInterval(work, 3000);

const stop = () => {
  clearInterval(timer);
  log('stopped');
  process.exit(0);
};

process.on('SIGTERM', stop);
process.on('SIGINT', stop);
log('started');

if (FAIL === 'worker') {
  setTimeout(() => {
    log('FAIL=worker: exiting');
    process.exit(1);
  }, 1000);
}
