import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { openCluster } from '#adapters/kubernetes/open-cluster.ts';
import { namespaceOf } from '#core/apps/app.ts';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import { parseManifest } from '#core/manifests/parse-manifest.ts';
import { appSelector, managers } from '#core/rendering/labels.ts';
import { render } from '#core/rendering/render.ts';
import type { RenderedRelease } from '#core/rendering/rendered-release.ts';

const rack = 'recording';
const exists = 409;

interface Release {
  readonly id: string;
  readonly manifest: string;
  readonly images: Readonly<Record<string, string>>;
  readonly patch: ((deployment: KubernetesObject) => KubernetesObject) | undefined;
  readonly previous: RenderedRelease | undefined;
}

/** One app in the cluster of KUBECONFIG, written as the rack writes it. */
export class RecordingBed {
  readonly app: string;
  readonly namespace: string;
  readonly selector: string;
  readonly cluster = openCluster(async () => readFileSync(setting('KUBECONFIG'), 'utf8'));
  readonly registry = setting('REGISTRY');
  readonly image = setting('CONFORMANCE_IMAGE');
  /** What must be undone at the end, the last one first. */
  readonly undo: (() => unknown)[] = [];

  constructor(app: string) {
    this.app = app;
    this.namespace = namespaceOf(rack, app);
    this.selector = appSelector({ rack, app });
  }

  render({ id, manifest, images, patch, previous }: Release): RenderedRelease {
    const parsed = parseManifest(manifest, { policy: 'privileged' });
    const rendered = render({
      rack,
      app: this.app,
      policy: 'privileged',
      manifest: parsed,
      env: {},
      images: Object.fromEntries(
        parsed.services.map((it) => [it.name, images[it.name] ?? this.image])
      ),
      identity: { release: id, build: id.replace('R', 'B'), buildDescription: '', gitSha: '' },
      logins: [],
      key: new Uint8Array(32),
      previous,
    });
    const patched = (it: KubernetesObject): KubernetesObject =>
      it.kind === 'Deployment' && patch ? patch(it) : it;
    return { ...rendered, objects: rendered.objects.map(patched) };
  }

  /** Counts come with the creation only, as with the rack. */
  async write({ objects, services }: RenderedRelease): Promise<void> {
    for (const object of objects) {
      const count = services.find((it) => it.name === object.metadata.name)?.count ?? 1;
      const spec = { replicas: count, ...(object['spec'] as object | undefined) };
      const first = object.kind === 'Deployment' ? { ...object, spec } : object;
      const isThere = await this.#create(first).then(
        () => false,
        (error: { status?: number }) => {
          if (error.status !== exists) throw error;
          return true;
        }
      );
      const options = { fieldManager: managers.main, force: true };
      if (isThere && object.kind !== 'Secret') await this.cluster.apply(object, options);
    }
  }

  #create(object: KubernetesObject): Promise<KubernetesObject> {
    return this.cluster.create(object, { fieldManager: managers.main });
  }

  /** kubectl in the app's namespace, with these objects on stdin. */
  kubectl(args: readonly string[], ...objects: readonly object[]): string {
    const { status, stdout, stderr } = spawnSync('kubectl', ['-n', this.namespace, ...args], {
      encoding: 'utf8',
      timeout: 60_000,
      ...(objects.length > 0 && { input: objects.map((it) => JSON.stringify(it)).join('\n') }),
    });
    if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  pods(): Promise<readonly KubernetesObject[]> {
    return this.cluster.list('Pod', this.namespace, this.selector).then((it) => it.items);
  }

  async until(isSo: () => boolean | Promise<boolean>, seconds = 60): Promise<void> {
    for (let left = seconds * 5; left > 0; left -= 1) {
      if (await isSo()) return;
      await delay(200);
    }
    throw new Error('it does not come to pass');
  }

  async close(): Promise<void> {
    for (const undo of this.undo.toReversed()) await undo();
    this.kubectl(['delete', 'namespace', this.namespace, '--wait=false', '--ignore-not-found']);
  }
}

const setting = (name: 'KUBECONFIG' | 'REGISTRY' | 'CONFORMANCE_IMAGE'): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: npm run cluster -- up prints what to export`);
  return value;
};
