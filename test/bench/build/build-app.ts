import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installBusybox } from '#test/cluster/bed/busybox-image.ts';
import { rackless } from './building-plane.ts';

/** An app of one service whose image needs no other one, and what it runs while it is built. */
export class BuildApp {
  readonly name: string;
  readonly path = mkdtempSync(join(tmpdir(), 'rackless-bench-build-'));

  private constructor(name: string) {
    this.name = name;
  }

  /** Each has a name of its own: what a deleted one pushed stays in its repository for a while. */
  static async create(name: string, steps: readonly string[]): Promise<BuildApp> {
    const app = new BuildApp(`${name}-${Date.now().toString(36)}`);
    mkdirSync(join(app.path, 'root'));
    installBusybox(join(app.path, 'root'));
    writeFileSync(join(app.path, 'convox.yml'), 'services:\n  web:\n    build: .\n');
    const lines = ['FROM scratch', 'COPY root/bin /bin', ...steps.map(step), 'CMD ["sh"]'];
    writeFileSync(join(app.path, 'Dockerfile'), `${lines.join('\n')}\n`);
    await succeed('apps', 'create', app.name);
    return app;
  }

  /** Wall time, and the client's lines, of a build without any cache. */
  build(...options: readonly string[]) {
    return succeed('build', this.path, '--no-cache', '--app', this.name, ...options);
  }

  /** For what is built without the rack: a tag in the app's repository, which the first build has made. */
  imageByHand(registry: string, round: number): string {
    return `${registry}/local/${this.name}:by-hand.${round}`;
  }

  async remove(): Promise<void> {
    rmSync(this.path, { recursive: true, force: true });
    await rackless('apps', 'delete', this.name);
  }
}

const step = (script: string): string => `RUN ${JSON.stringify(['/bin/sh', '-c', script])}`;

const succeed = async (...args: readonly string[]) => {
  const run = await rackless(...args);
  if (run.code === 0) return run;
  throw new Error(`rackless ${args[0]} failed: ${run.lines.map((it) => it.text).join('\n')}`);
};
