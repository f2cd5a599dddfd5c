import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '../containers/command-line.ts';
import { containerEnvironment } from '../containers/container-environment.ts';
import { type Mount, mapArgument, rewriteMountPaths } from '../containers/host-paths.ts';
import { PodData } from '../containers/pod-data.ts';
import { servicesEnvironment } from '../containers/services-environment.ts';
import type { ProcessDescription } from '../containers/start-process.ts';
import type { StoredImage } from '../images/image-store.ts';
import { asService, type Container, keyOf } from '../wire-objects.ts';
import type { PodContext } from './pod-context.ts';

/** A container that can be started. */
export interface PreparedContainer {
  readonly image: StoredImage;
  readonly description: ProcessDescription;
  /** The same command, environment and folder for a probe or a hook. */
  readonly exec: (command: readonly string[]) => ProcessDescription;
  /** Host path of the termination message. */
  readonly messageFile: string;
}

/** A container with nothing to run; containerd finds out when it creates it. */
export class CreateContainerError extends Error {
  override readonly name = 'CreateContainerError';
}

const defaultMessagePath = '/dev/termination-log';

const servicesOf = (context: PodContext): Readonly<Record<string, string>> => {
  const { node, pod } = context;
  if (pod().spec?.enableServiceLinks === false) {
    return {};
  }
  const { namespace } = keyOf(pod());
  return servicesEnvironment(node.store.list('services', { namespace }).map(asService));
};

/** Works out what to run. Throws `ContainerConfigError` or `CreateContainerError`. */
export const prepareContainer = (
  context: PodContext,
  container: Container,
  image: StoredImage
): PreparedContainer => {
  const pod = context.pod();
  const { terminationMessagePath = defaultMessagePath } = container;
  const folder = join(context.folder, container.name);
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const messageFile = rewriteMountPaths(terminationMessagePath, context.mountsOf(container));
  const hostMessageFile =
    messageFile === terminationMessagePath ? join(folder, 'termination-log') : messageFile;
  const mounts: readonly Mount[] = [
    ...context.mountsOf(container),
    { mountPath: terminationMessagePath, hostPath: hostMessageFile },
  ];
  const environment = containerEnvironment({
    pod,
    container,
    image,
    mounts,
    home,
    services: servicesOf(context),
    ports: context.portsOf(container),
    data: new PodData(context.node.store, keyOf(pod).namespace),
  });
  const cwd = workingFolder(container, image, mounts);
  const exec = (command: readonly string[]): ProcessDescription => ({
    argv: command.map((part) => mapArgument(rewriteMountPaths(part, mounts), image.rootfs)),
    cwd,
    environment,
  });
  refuseSidecar(container);
  const command = commandLine(container, image.config, environment);
  if (command.length === 0) {
    throw new CreateContainerError(
      `failed to generate container "${container.name}" spec: failed to generate spec: no command specified`
    );
  }
  return { image, description: exec(command), exec, messageFile: hostMessageFile };
};

/** Only an init container can have a restart policy of its own. */
const refuseSidecar = ({ restartPolicy }: Container): void => {
  if (restartPolicy === 'Always') {
    throw new CreateContainerError(
      'the embedded cluster runs no init containers with restartPolicy Always; use --kubeconfig'
    );
  }
};

const workingFolder = (
  { workingDir }: Container,
  { config, rootfs }: StoredImage,
  mounts: readonly Mount[]
): string => {
  const wanted = workingDir ?? (config.WorkingDir || '/');
  const mounted = rewriteMountPaths(wanted, mounts);
  // `join` cannot climb out: the path begins with a slash.
  return mounted === wanted ? join(rootfs, join('/', wanted)) : mounted;
};
