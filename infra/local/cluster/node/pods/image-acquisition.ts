import { parseImageReference } from '../images/image-reference.ts';
import type { StoredImage } from '../images/image-store.ts';
import { credentialsFor } from '../images/registry-credentials.ts';
import type { Container, Secret } from '../wire-objects.ts';
import { BackOff } from './back-off.ts';
import type { ContainerReports } from './container-reports.ts';
import type { PodContext } from './pod-context.ts';

/** How long ErrImagePull is shown before ImagePullBackOff: about one round of the kubelet. */
const errorShown = 1000;

const defaultPolicy = (image: string): string =>
  /:latest$|^[^:@]+$/.test(image.replace(/^.*\//, '')) ? 'Always' : 'IfNotPresent';

/** As Go prints the time of a pull, in ms. */
const duration = (milliseconds: number): string =>
  milliseconds < 1000 ? `${Math.round(milliseconds)}ms` : `${(milliseconds / 1000).toFixed(3)}s`;

/** Gets a container's image, again and again with the kubelet's back-off, events and waiting reasons. */
export class ImageAcquisition {
  readonly #context: PodContext;
  readonly #container: Container;
  readonly #reports: ContainerReports;
  readonly #backOff = new BackOff();

  constructor(context: PodContext, container: Container, reports: ContainerReports) {
    this.#context = context;
    this.#container = container;
    this.#reports = reports;
  }

  /** Undefined when the pod is stopped before the image is there. */
  async acquire(): Promise<StoredImage | undefined> {
    const { stopping } = this.#context;
    while (!stopping.aborted) {
      const image = await this.#attempt();
      if (image !== undefined) {
        return image;
      }
    }
    return undefined;
  }

  /** One try with all its waiting. */
  async #attempt(): Promise<StoredImage | undefined> {
    const { image = '', imagePullPolicy = defaultPolicy(image) } = this.#container;
    if (!(await this.#hasValidName(image))) {
      return undefined;
    }
    const present = this.#context.node.images.find(image);
    if (present !== undefined && imagePullPolicy !== 'Always') {
      this.#reports.normal('Pulled', `Container image "${image}" already present on machine`);
      return present;
    }
    if (imagePullPolicy === 'Never') {
      const message = `Container image "${image}" is not present with pull policy of Never`;
      this.#reports.warning('ErrImageNeverPull', message);
      await this.#fail('ErrImageNeverPull', message);
      return undefined;
    }
    return await this.#pull(image);
  }

  async #hasValidName(image: string): Promise<boolean> {
    try {
      parseImageReference(image);
      return true;
    } catch (error) {
      const message = `Failed to apply default image tag "${image}": ${(error as Error).message}`;
      this.#reports.warning('InspectFailed', message);
      await this.#fail('InvalidImageName', message);
      return false;
    }
  }

  async #pull(image: string): Promise<StoredImage | undefined> {
    const { node, stopping } = this.#context;
    this.#reports.normal('Pulling', `Pulling image "${image}"`);
    const start = performance.now();
    try {
      const pulled = await node.images.pull(image, this.#credentials(image), stopping);
      const took = duration(performance.now() - start);
      this.#reports.normal(
        'Pulled',
        `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${pulled.size} bytes.`
      );
      return pulled;
    } catch (error) {
      if (!stopping.aborted) {
        await this.#waitAfterFailure(image, (error as Error).message);
      }
      return undefined;
    }
  }

  async #waitAfterFailure(image: string, problem: string): Promise<void> {
    const { node, stopping } = this.#context;
    const failedAt = node.clock.now();
    this.#backOff.next(failedAt);
    this.#reports.warning('Failed', `Failed to pull image "${image}": ${problem}`);
    this.#reports.warning('Failed', 'Error: ErrImagePull');
    this.#reports.waiting('ErrImagePull', problem);
    await node.clock.sleep(errorShown, stopping);
    if (stopping.aborted) {
      return;
    }
    this.#reports.normal('BackOff', `Back-off pulling image "${image}"`);
    this.#reports.warning('Failed', 'Error: ImagePullBackOff');
    this.#reports.waiting(
      'ImagePullBackOff',
      `Back-off pulling image "${image}": ErrImagePull: ${problem}`
    );
    await node.clock.sleep(this.#backOff.remaining(failedAt, node.clock.now()), stopping);
  }

  async #fail(reason: string, message: string): Promise<void> {
    const { node, stopping } = this.#context;
    this.#reports.warning('Failed', `Error: ${reason}`);
    this.#reports.waiting(reason, message);
    await node.clock.sleep(10_000, stopping);
  }

  #credentials(image: string): ReturnType<typeof credentialsFor> {
    const { node, pod } = this.#context;
    const { metadata, spec } = pod();
    const secrets = (spec?.imagePullSecrets ?? [])
      .map(({ name = '' }) => node.store.get('secrets', metadata?.namespace, name))
      .filter((secret) => secret !== undefined);
    return credentialsFor(parseImageReference(image).registry, secrets as unknown as Secret[]);
  }
}
