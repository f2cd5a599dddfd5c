import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureRepository } from '#infra/local/aws/ecr-repository.ts';
import { installBusybox } from '../bed/busybox-image.ts';
import { pushImage } from '../bed/push-image.ts';

/** Serves the id of its release, or misbehaves as FAIL says. */
const program = `#!/bin/sh
echo "shop $RELEASE: starting"
case "$FAIL" in
  crash) echo 'shop: no database' >&2; exit 3 ;;
  memory) exec dd if=/dev/zero of=/dev/null bs=256M ;;
  slow) sleep 8 ;;
esac
mkdir -p /tmp/www
echo "$RELEASE" > /tmp/www/index.html
trap 'echo "shop: leaving"; exit 0' TERM
httpd -f -p "$PORT" -h /tmp/www &
wait
`;

/** Where stories keep their images: the rack's own registry, or the one that a cluster elsewhere reaches. */
export const registry = (): string => process.env['STORY_REGISTRY'] || rackRegistry();

export const rackRegistry = (): string => {
  const host = process.env['E2E_REGISTRY'];
  if (host && process.env['KUBECONFIG']) return host;
  throw new Error('these stories need a real cluster and a rack on it: npm run test:cluster');
};

/** Pushes the shop under a name. Repositories of ECR are made beforehand, others by the push. */
export const pushShop = async (name: string): Promise<string> => {
  const [host, repository = ''] = [registry(), name.split(':')[0]];
  if (host === process.env['E2E_REGISTRY']) {
    await ensureRepository(Number(host.split(':')[1]), repository);
  }
  return pushShopAs(`${host}/${name}`);
};

/** `target` is HOST/PATH:TAG, `login` is USER:PASSWORD. */
export const pushShopAs = (
  target: string,
  login?: string,
  more: { readonly architecture?: string } = {}
): string => {
  const [host = '', ...path] = target.split('/');
  const image = { registry: host, name: path.join('/'), login, ...more };
  return pushImage({ ...image, command: ['/bin/shop'], env: ['PATH=/bin'] }, fill);
};

const fill = (root: string): void => {
  installBusybox(root);
  const file = join(root, 'bin', 'shop');
  writeFileSync(file, program);
  chmodSync(file, 0o755);
};

/** No two runs meet in one cluster. */
export const appName = (name: string): string => `${name}-${randomBytes(3).toString('hex')}`;

/** A folder to deploy: two processes that answer, and may be changed by a story. */
export class ShopSource {
  readonly path = mkdtempSync(join(tmpdir(), 'rackless-shop-'));
  readonly #image: string;

  constructor(image: string) {
    mkdirSync(this.path, { recursive: true });
    this.#image = image;
    this.write({});
  }

  write({ image = this.#image, command = '' }: { image?: string; command?: string }): void {
    writeFileSync(
      join(this.path, 'convox.yml'),
      `environment:
  - FAIL=
services:
  web:
    image: ${image}
    ${command && `command: ${command}`}
    port: 3000
    health: { grace: 1, interval: 1 }
    termination: { grace: 5 }
    scale: { count: 2, cpu: 16, memory: 32 }
`
    );
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
