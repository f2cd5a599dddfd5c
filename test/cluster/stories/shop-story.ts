import { stage } from '#infra/local/aws/stack.ts';
import { query, type Result, rackless } from '../../e2e/rack.ts';
import { at, type ConformanceBed, startConformanceBed } from '../conformance/conformance-bed.ts';
import { ClientPod, clusterAddress } from './client-pod.ts';
import { appName, pushShop, ShopSource } from './shop.ts';

interface Listed {
  readonly id: string;
  readonly service: string;
  readonly status: string;
  readonly release: string;
}

/** One app on a rack that drives a real cluster, told what to do by the built CLI. */
export class ShopStory {
  readonly app: string;
  readonly source: ShopSource;
  readonly bed: ConformanceBed;

  private constructor(app: string, source: ShopSource, bed: ConformanceBed) {
    this.app = app;
    this.source = source;
    this.bed = bed;
  }

  static async begin(name: string): Promise<ShopStory> {
    const source = new ShopSource(await pushShop('stories/shop:1'));
    const story = new ShopStory(appName(name), source, await startConformanceBed());
    const { code, stderr } = await rackless(`apps create ${story.app}`);
    if (code === 0) return story;
    source.remove();
    throw new Error(stderr);
  }

  async end(): Promise<void> {
    this.source.remove();
    await this.tell('apps cancel');
    await this.tell('apps delete', { seconds: 60, flag: '' });
    await this.bed.close();
  }

  /** Runs the CLI for the app. */
  tell(line: string, { seconds = 150, flag = '-a ' } = {}): Promise<Result> {
    return rackless(`${line} ${flag}${this.app}`, { seconds });
  }

  deploy(): Promise<Result> {
    return this.tell(`deploy ${this.source.path}`);
  }

  ask<Document>(line: string): Promise<Document> {
    return query<Document>(`${line} -a ${this.app}`);
  }

  async activeRelease(): Promise<string> {
    return (await query<{ release: string }>(`apps info ${this.app}`)).release;
  }

  async latestRelease(): Promise<string> {
    return (await this.ask<Listed[]>('releases'))[0]?.id ?? '';
  }

  processes(): Promise<readonly Listed[]> {
    return this.ask<Listed[]>('ps');
  }

  async client(): Promise<ClientPod> {
    const address = await clusterAddress(this.bed, this.namespace, 'web');
    return ClientPod.start(this.bed, address);
  }

  /** Names of the app's objects of one kind, straight from the cluster. */
  async objects(kind: string): Promise<readonly unknown[]> {
    const group = kind === 'deployments' ? '/apis/apps/v1' : '/api/v1';
    const { body } = await this.bed.api.call(
      'GET',
      `${group}/namespaces/${this.namespace}/${kind}`
    );
    return (at(body, 'items') as object[]).map((it) => at(it, 'metadata', 'name'));
  }

  private get namespace(): string {
    return `${stage}-${this.app}`;
  }
}
