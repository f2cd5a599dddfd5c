/** A container that cannot be described yet; the message is the kubelet's. */
export class ContainerConfigError extends Error {
  override readonly name = 'ContainerConfigError';
}
