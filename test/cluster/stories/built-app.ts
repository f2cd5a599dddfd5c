import { expect } from '@jest/globals';
import type { Build } from '#contracts/builds.ts';
import type { Grant } from '#contracts/grants.ts';
import { stage } from '#infra/local/aws/stack.ts';
import { query, rackless } from '../../e2e/rack.ts';
import type { ConformanceBed } from '../conformance/conformance-bed.ts';
import { ClientPod, clusterAddress } from './client-pod.ts';
import { appName } from './shop.ts';

/** An app whose images are built, and what the rack says of it. */
export class BuiltApp {
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  static async begin(name: string): Promise<BuiltApp> {
    const app = new BuiltApp(appName(name));
    expect(await rackless(`apps create ${app.name}`)).toMatchObject({ code: 0 });
    return app;
  }

  async end(): Promise<void> {
    await rackless(`apps delete ${this.name}`, { seconds: 60 });
  }

  /** What its processes answer, each once. */
  async answers(bed: ConformanceBed): Promise<readonly string[]> {
    const address = await clusterAddress(bed, `${stage}-${this.name}`, 'web');
    const client = await ClientPod.start(bed, address);
    return Object.keys(await client.answers());
  }

  async lastBuild(): Promise<Build> {
    const [build] = await query<Build[]>(`builds -a ${this.name}`);
    if (!build) throw new Error(`app ${this.name} has no build`);
    return build;
  }

  async statusOfGrants(): Promise<readonly string[]> {
    return (await query<Grant[]>(`grants -a ${this.name}`)).map((it) => it.status);
  }
}
