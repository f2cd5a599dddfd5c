import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AzureBed, openAzureBed, setUp } from '#test/fakes/microsoft/azure-bed.ts';
import type { Script } from '#test/fakes/scripted-rack.ts';
import { type Options, type Result, rackless } from '../../e2e/rack.ts';
import { aBuild, aRelease } from '../../unit/cli/records.ts';
import { installBusybox } from '../bed/busybox-image.ts';
import { runProgram } from '../bed/run-program.ts';
import { azureRights } from './azure-rights.ts';
import { type CuttingProxy, startCuttingProxy } from './cutting-proxy.ts';
import { type ServedRack, serveScript } from './serve-script.ts';
import { type Login, skopeoDigest, skopeoPush } from './skopeo.ts';
import { type CheckingRegistry, startRegistry } from './start-registry.ts';
import { startTokenEndpoint, type TokenEndpoint } from './token-endpoint.ts';

const id = 'BABCDEFGHIJ';
const minute = 60_000;

/** What a test does to a push. */
export interface Mischief {
  /** Where the grant says that images go, if not through the proxy to the registry. */
  readonly host?: string;
  /** The app whose repository the grant says it is for, if not the one that it is for. */
  readonly app?: string;
  /** How long the grants say that they hold, if not for 15 minutes. */
  readonly minutes?: number;
  /** Done with each grant, before the client has it; throws what the rack answers instead. */
  readonly onGrant?: (count: number) => unknown;
}

interface Parts {
  readonly azure: AzureBed;
  readonly endpoint: TokenEndpoint;
  readonly registry: CheckingRegistry;
  readonly line: CuttingProxy;
  readonly ahead: { minutes: number };
}

/**
 * A registry that checks each token itself, behind a line that may break; grants as the rack makes them
 * for Azure; and a rack that records what its client tells it.
 */
export class ExternalBed {
  readonly folder = mkdtempSync(join(tmpdir(), 'rackless-external-'));
  readonly azure: AzureBed;
  readonly registry: CheckingRegistry;
  readonly line: CuttingProxy;
  readonly #endpoint: TokenEndpoint;
  /** How far the registry's clock is ahead of the rack's. */
  readonly ahead: { minutes: number };
  /** Passwords of all grants. */
  readonly secrets: string[] = [];

  private constructor({ azure, endpoint, registry, line, ahead }: Parts) {
    this.azure = azure;
    this.#endpoint = endpoint;
    this.registry = registry;
    this.line = line;
    this.ahead = ahead;
    mkdirSync(join(this.folder, 'shop', 'root'), { recursive: true });
    mkdirSync(join(this.folder, 'tmp'));
    installBusybox(join(this.folder, 'shop', 'root'));
  }

  static async open(): Promise<ExternalBed> {
    const azure = await openAzureBed();
    const ahead = { minutes: 0 };
    const now = () => azure.time.now + ahead.minutes * minute;
    const endpoint = await startTokenEndpoint(azureRights(azure.microsoft.registry, now));
    const registry = await startRegistry(tokenAuth(endpoint));
    const line = await startCuttingProxy(registry.host);
    return new ExternalBed({ azure, endpoint, registry, line, ahead });
  }

  get source(): string {
    return join(this.folder, 'shop');
  }

  /** What the client has left behind for temporary files; builders that are interrupted leave theirs. */
  get leftovers(): readonly string[] {
    return readdirSync(join(this.folder, 'tmp')).filter((it) => it.startsWith('rackless-'));
  }

  /** Two services of one image, which is built by these lines on top of busybox. */
  write(...steps: readonly string[]): void {
    setUp(this.azure);
    this.secrets.length = 0;
    this.ahead.minutes = 0;
    this.line.cutAfter(0, 0);
    this.line.stallAfter(0);
    const services = 'services:\n  web:\n    build: .\n    port: 80\n  worker:\n    build: .\n';
    const lines = ['FROM scratch', 'COPY root/bin /bin', ...steps, 'CMD ["sh"]'];
    writeFileSync(join(this.source, 'convox.yml'), services);
    this.writeDockerfile(...lines);
    // No build finds its layers in the registry, or takes them from the one before.
    writeFileSync(join(this.source, 'root', 'bin', 'salt'), randomBytes(4 << 20));
  }

  writeDockerfile(...lines: readonly string[]): void {
    writeFileSync(join(this.source, 'Dockerfile'), `${lines.join('\n')}\n`);
  }

  async build(args: string, options: Options & Mischief = {}): Promise<Result & BuildStory> {
    const rack = await serveScript(this.#script(options));
    const env = { RACK_URL: rack.url, TMPDIR: join(this.folder, 'tmp'), ...options.env };
    try {
      const line = `build --external ${this.source} -a shop ${args}`;
      const result = await rackless(line.trim(), { ...options, env });
      if (rack.mistakes.length > 0) throw rack.mistakes[0];
      return { ...result, ...storyOf(rack) };
    } finally {
      await rack.close();
    }
  }

  mint(app = 'shop', session = `${id}.GAAAAAAAAAA`): Promise<Login> {
    const expires = this.azure.time.now + 15 * minute;
    return this.azure.registry().mint({ app, session, expires, withCache: false });
  }

  async revoke(app = 'shop'): Promise<void> {
    await this.azure.registry().revoke(app, [`${id}.GAAAAAAAAAA`]);
  }

  /** A base image, and variables with the login of a person who may pull it. */
  async pushBase(): Promise<{ image: string; digest: string; env: Record<string, string> }> {
    const login = await this.mint();
    const image = `${this.registry.host}/atom/shop:base`;
    await skopeoPush(image, login);
    const auth = Buffer.from(`${login.username}:${login.password}`).toString('base64');
    const file = join(this.folder, 'config.json');
    writeFileSync(file, JSON.stringify({ auths: { [this.registry.host]: { auth } } }));
    const env = { DOCKER_CONFIG: this.folder, REGISTRY_AUTH_FILE: file };
    return { image, digest: await skopeoDigest(image, login), env };
  }

  /** A registry of the same tokens with room for two megabytes. */
  async openFullRegistry(): Promise<CheckingRegistry> {
    const content = join(this.folder, 'full');
    mkdirSync(content);
    runProgram('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', content]);
    const { host, stop } = await startRegistry(tokenAuth(this.#endpoint), { content });
    return {
      host,
      stop: async () => {
        await stop();
        runProgram('umount', [content]);
        rmSync(content, { recursive: true });
      },
    };
  }

  /** `HOST/PATH:TAG` of a service's image, as it is reached without the line. */
  image(service: string): string {
    return `${this.registry.host}/atom/shop:${service}.${id}`;
  }

  async close(): Promise<void> {
    await this.line.close();
    await this.registry.stop();
    await Promise.all([this.#endpoint.close(), this.azure.close()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #script({ host = this.line.host, app = 'shop', minutes = 15, onGrant }: Mischief): Script {
    let grants = 0;
    return {
      listReleases: [],
      createBuild: aBuild({ id, status: 'created' }),
      updateBuild: aBuild({ id, status: 'running', release: 'RBBBBBBBBBB' }),
      storeObject: { Url: `object://shop/build/${id}/logs` },
      createRelease: aRelease(),
      createGrant: async () => {
        const login = await this.mint();
        this.secrets.push(login.password);
        grants += 1;
        const answer = await onGrant?.(grants);
        return answer ?? grantOf(login, `${host}/atom/${app}`, minutes);
      },
    };
  }
}

const tokenAuth = ({ url, issuer, certificates }: TokenEndpoint) => ({
  token: { realm: url, service: 'registry.test', issuer, rootcertbundle: certificates },
});

const grantOf = ({ username, password }: Login, repository: string, minutes: number) => ({
  id: 'GAAAAAAAAAA',
  app: 'shop',
  build: id,
  actor: 'ada',
  repository,
  created: '2026-11-23T10:00:00Z',
  expires: new Date(Date.parse('2026-11-23T10:00:00Z') + minutes * minute).toISOString(),
  static: false,
  status: 'active',
  url: `https://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${repository}`,
});

/** What the rack was told of a build. */
export interface BuildStory {
  readonly operations: readonly string[];
  /** By service, what was said to be pushed. */
  readonly images: Readonly<Record<string, string>> | undefined;
  readonly provenance: object | undefined;
  readonly status: string | undefined;
  readonly reason: string | undefined;
  /** The log that was kept. */
  readonly log: string;
}

const storyOf = ({ requests }: ServedRack): BuildStory => {
  const last = (field: string): unknown => requests.findLast((it) => it[field])?.[field];
  const log = requests.findLast((it) => it.operation === 'storeObject')?.['body'];
  return {
    operations: requests.map((it) => it.operation),
    images: last('images') as BuildStory['images'],
    provenance: last('provenance') as object | undefined,
    status: last('status') as string | undefined,
    reason: last('reason') as string | undefined,
    log: Buffer.from(String(log ?? ''), 'base64').toString(),
  };
};
