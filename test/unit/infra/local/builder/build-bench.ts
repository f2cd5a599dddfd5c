import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { Parser } from 'tar';
import { runBuild } from '#infra/local/builder/run-build.ts';
import type { ImageFile, ImageSettings } from '#infra/local/builder/stages/image-file.ts';
import { type RegistryOptions, TestRegistry } from './test-registry.ts';

export interface BuildResult {
  readonly code: number;
  readonly lines: readonly string[];
  readonly output: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface PushedImage {
  readonly file: ImageFile;
  readonly config: ImageSettings;
  /** Of all layers: path, then what is there. */
  readonly files: Readonly<Record<string, string>>;
  readonly manifest: { readonly layers: readonly { mediaType: string; digest: string }[] };
}

/** `path: content`; a path that ends with a slash is an empty folder. */
export type Files = Readonly<Record<string, string | Buffer>>;

/** A context folder, a registry, and builds of the one pushed to the other. */
export class BuildBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'rackless-bench-'));
  readonly registry: TestRegistry;
  readonly environment: Record<string, string> = {
    PATH: '',
    RACKLESS_BUILDER_CACHE: join(this.folder, 'cache'),
  };

  platform: NodeJS.Platform = 'linux';

  private constructor(registry: TestRegistry) {
    this.registry = registry;
  }

  static async open(options?: RegistryOptions): Promise<BuildBench> {
    return new BuildBench(await TestRegistry.start(options));
  }

  async close(): Promise<void> {
    await this.registry.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get context(): string {
    return join(this.folder, 'context');
  }

  get image(): string {
    return `${this.registry.host}/rack/app:web.B1`;
  }

  write(files: Files): void {
    for (const [path, content] of Object.entries(files)) {
      const file = join(this.context, path);
      mkdirSync(path.endsWith('/') ? file : dirname(file), { recursive: true });
      if (!path.endsWith('/')) {
        writeFileSync(file, content);
        chmodSync(file, 0o644);
      }
    }
  }

  /** Builds with the built-in builder unless PATH names another. */
  async build(dockerfile: string | undefined, ...more: string[]): Promise<BuildResult> {
    this.write(dockerfile === undefined ? { './': '' } : { Dockerfile: dockerfile });
    const lines: string[] = [];
    const metadata = join(this.folder, 'metadata.json');
    rmSync(metadata, { force: true });
    const code = await runBuild(
      [
        ...['build', '--progress=plain', '--frontend', 'dockerfile.v0'],
        ...['--local', `context=${this.context}`, '--local', `dockerfile=${this.context}`],
        ...['--output', `type=image,name=${this.image},push=true,registry.insecure=true`],
        ...['--metadata-file', metadata, ...more],
      ],
      {
        environment: this.environment,
        platform: this.platform,
        write: (line) => lines.push(line),
        now: () => 0,
      }
    );
    return {
      code,
      lines,
      output: lines.join('\n'),
      metadata: code === 0 ? JSON.parse(readFileSync(metadata, 'utf8')) : {},
    };
  }

  /** What the registry holds under the tag. */
  async pushed(): Promise<PushedImage> {
    const manifest = this.registry.manifests.get('rack/app:web.B1')?.body.toString() ?? '{}';
    const { config, layers } = JSON.parse(manifest) as {
      config: { digest: string };
      layers: { mediaType: string; digest: string }[];
    };
    const file = JSON.parse(`${this.registry.blobs.get(config.digest)}`) as ImageFile;
    const files: Record<string, string> = {};
    for (const { digest } of layers) {
      Object.assign(files, await entriesOf(this.registry.blobs.get(digest)));
    }
    return { file, config: file.config ?? {}, files, manifest: { layers } };
  }
}

/** `file 644 CONTENT`, `folder 755`, `link TARGET` by path. */
const entriesOf = async (layer: Buffer | undefined): Promise<Record<string, string>> => {
  const found: Record<string, string> = {};
  const parser = new Parser({ strict: true });
  parser.on('entry', (entry) => {
    const chunks: Buffer[] = [];
    entry.on('data', (chunk: Buffer) => chunks.push(chunk));
    entry.on('end', () => {
      const mode = (entry.mode ?? 0).toString(8);
      const content = Buffer.concat(chunks);
      found[entry.path] = describe(entry.type, mode, entry.linkpath ?? content);
    });
  });
  await new Promise((resolve, reject) => {
    parser.on('end', resolve);
    parser.on('error', reject);
    Readable.from([layer]).on('data', (chunk: Buffer) => parser.end(chunk));
  });
  return found;
};

const describe = (type: string, mode: string, content: string | Buffer): string => {
  switch (type) {
    case 'Directory':
      return `folder ${mode}`;
    case 'SymbolicLink':
      return `link ${content}`;
    default:
      return content.length > 1000
        ? `file ${mode} of ${content.length}`
        : `file ${mode} ${content}`;
  }
};
