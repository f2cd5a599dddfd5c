import { spawn, spawnSync } from 'node:child_process';
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { median, report, rounded, run } from '../measure.ts';

/** Where the rack answers, with its token as the password. */
type RackUrl = string;

const files = 20_000;
/** Nothing is built of it: the build ends as soon as its manifest has been read. */
const manifest = 'services:\n  web:\n    image: example.invalid/web:1\n    port: 3000\n';

/** A tree of real files against an archive of it, each sent to the same store for the first time. */
export const sourceCold = (rack: RackUrl, rounds: number): Promise<void> =>
  withFolder(async (folder) => {
    const tree = copyTree(join(folder, 'tree'));
    const [ours, theirs]: [Sent[], Sent[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      theirs.push(await archiveAndPut(rack, tree, folder));
      ours.push(await packAndUpload(rack, tree, `cold-${Date.now().toString(36)}`));
    }
    compare('source-cold', { ours, theirs, tree });
  });

/** The same once one file of it has changed: an archive does not know what was sent before. */
export const sourceChanged = (rack: RackUrl, rounds: number): Promise<void> =>
  withFolder(async (folder) => {
    const tree = copyTree(join(folder, 'tree'));
    const app = `changed-${Date.now().toString(36)}`;
    const [ours, theirs]: [Sent[], Sent[]] = [[], []];
    await packAndUpload(rack, tree, app);
    for (let round = 0; round < rounds; round++) {
      appendFileSync(join(tree, changing(tree, round)), `// ${round}\n`);
      theirs.push(await archiveAndPut(rack, tree, folder));
      ours.push(await packAndUpload(rack, tree, app));
    }
    compare('source-changed', { ours, theirs, tree });
  });

/** The client's largest resident set while it packs and sends 2 GB that can't be compressed. */
export const sourceMemory = (rack: RackUrl): Promise<void> =>
  withFolder(async (folder) => {
    const tree = join(folder, 'tree');
    mkdirSync(tree);
    writeFileSync(join(tree, 'convox.yml'), manifest);
    for (let at = 0; at < 20; at++)
      writeFileSync(join(tree, `${at}.bin`), randomBytes(100_000_000));
    const sent = await packAndUpload(rack, tree, `memory-${Date.now().toString(36)}`);
    report('source-memory', {
      sourceMB: 2000,
      maxRssMB: rounded(sent.rss / 1e6, 0),
      seconds: rounded(sent.milliseconds / 1000),
    });
  });

/** The same of as many bytes in tens of thousands of files. */
export const sourceManyFiles = (rack: RackUrl): Promise<void> =>
  withFolder(async (folder) => {
    const tree = writeTree(join(folder, 'tree'), { count: 40_000, bytes: 50_000 });
    const sent = await packAndUpload(rack, tree, `many-${Date.now().toString(36)}`);
    report('source-many-files', {
      files: 40_001,
      sourceMB: 2000,
      maxRssMB: rounded(sent.rss / 1e6, 0),
      seconds: rounded(sent.milliseconds / 1000),
    });
  });

/** Files of noise that are the same each time, a hundred to a folder. */
const writeTree = (root: string, { count, bytes }: { count: number; bytes: number }): string => {
  const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  const nothing = Buffer.alloc(bytes);
  for (let at = 0; at < count; at++) {
    const folder = join(root, `package-${Math.floor(at / 100)}`, 'lib');
    if (at % 100 === 0) mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `module-${at}.js`), noise.update(nothing));
  }
  writeFileSync(join(root, 'convox.yml'), manifest);
  return root;
};

interface Sent {
  readonly milliseconds: number;
  readonly bytes: number;
  /** Of the client, in bytes. */
  readonly rss: number;
}

const compare = (
  name: string,
  { ours, theirs, tree }: { ours: readonly Sent[]; theirs: readonly Sent[]; tree: string }
): void => {
  const [time, size] = [
    (all: readonly Sent[]) => median(all.map((it) => it.milliseconds)),
    (all: readonly Sent[]) => median(all.map((it) => it.bytes)),
  ];
  report(name, {
    files,
    treeMB: rounded(
      Number(spawnSync('du', ['-sb', tree], { encoding: 'utf8' }).stdout.split('\t')[0]) / 1e6,
      0
    ),
    rackless: rounded(time(ours), 0),
    tarAndCurl: rounded(time(theirs), 0),
    ratio: rounded(time(ours) / time(theirs), 2),
    unit: 'ms',
    racklessMB: rounded(size(ours) / 1e6, 2),
    tarAndCurlMB: rounded(size(theirs) / 1e6, 2),
    bytesRatio: rounded(size(ours) / size(theirs), 3),
    maxRssMB: rounded(Math.max(...ours.map((it) => it.rss)) / 1e6, 0),
    rounds: ours.length,
  });
};

/** From the start of the client to the end of its upload; then the build runs to its end unmeasured. */
const packAndUpload = async (rack: RackUrl, tree: string, app: string): Promise<Sent> => {
  const env = { ...process.env, RACK_URL: rack };
  spawnSync('bin/rackless', ['apps', 'create', app], { env });
  const start = performance.now();
  const client = spawn('bin/rackless', ['build', tree, '-a', app, '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const sent = { milliseconds: Number.NaN, bytes: Number.NaN, rss: 0 };
  const look = setInterval(() => {
    sent.rss = Math.max(sent.rss, largestSet(client.pid));
  }, 50);
  for await (const line of createInterface(client.stdout)) {
    const record = JSON.parse(line) as {
      type: string;
      text?: string;
      status?: string;
      bytes?: number;
    };
    if (record.type === 'upload') sent.bytes = record.bytes ?? 0;
    if (record.text !== 'Uploading source' || record.status !== 'ok') continue;
    sent.milliseconds = performance.now() - start;
    sent.rss = Math.max(sent.rss, largestSet(client.pid));
  }
  clearInterval(look);
  if (Number.isNaN(sent.milliseconds)) throw new Error('the client did not get to the end');
  return sent;
};

/** `VmHWM` of proc(5), which only grows. */
const largestSet = (pid: number | undefined): number => {
  try {
    return (
      Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
    );
  } catch {
    return 0;
  }
};

const archiveAndPut = async (rack: RackUrl, tree: string, folder: string): Promise<Sent> => {
  const file = join(folder, `source-${Date.now()}.tgz`);
  const start = performance.now();
  run('tar', '-czf', file, '-C', tree, '.');
  const packed = performance.now() - start;
  const address = await addressOf(rack, file);
  const headers = Object.entries(address.headers).flatMap(([name, it]) => ['-H', `${name}: ${it}`]);
  const put = performance.now();
  run('curl', '-sSf', '-T', file, ...headers, address.url);
  const milliseconds = packed + performance.now() - put;
  const bytes = statSync(file).size;
  rmSync(file);
  return { milliseconds, bytes, rss: 0 };
};

/** Hash and address are not theirs to pay for. */
const addressOf = async (rack: RackUrl, file: string) => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const { origin, username, password } = new URL(rack);
  const app = `by-curl-${Date.now().toString(36)}`;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/json', accept: 'application/json' };
  await fetch(`${origin}/apps`, { method: 'POST', headers, body: JSON.stringify({ name: app }) });
  const response = await fetch(`${origin}/apps/${app}/uploads`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ sha256: hash.digest('hex'), size: statSync(file).size }),
  });
  return (await response.json()) as { url: string; headers: Record<string, string> };
};

const withFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  run('npm', 'run', '--silent', 'build');
  const folder = mkdtempSync(join(tmpdir(), 'rackless-source-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The first files of this checkout's own dependencies, by name: what sources are made of. */
const copyTree = (target: string): string => {
  const paths = readdirSync('node_modules', { recursive: true, withFileTypes: true })
    .filter((it) => it.isFile())
    .map((it) => join(it.parentPath, it.name))
    .sort()
    .slice(0, files - 1);
  for (const path of paths) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    copyFileSync(path, join(target, path));
  }
  writeFileSync(join(target, 'convox.yml'), manifest);
  return target;
};

const changing = (tree: string, round: number): string => {
  const sources = readdirSync(tree, { recursive: true, encoding: 'utf8' })
    .filter((it) => it.endsWith('.js'))
    .sort();
  return sources[Math.floor((sources.length * (round + 1)) / 10)] ?? 'convox.yml';
};
