/** Where a build's containers share files. */
export const workspace = '/workspace';

/** Key, in the Secret of a build's Job, of the address that the source is fetched from. */
export const contextKey = 'CONTEXT_URL';

interface ContextContainer {
  readonly name: string;
  /** With a shell, wget and tar. */
  readonly image: string;
  /** Name of the Job's Secret. */
  readonly secret: string;
  readonly securityContext: object;
}

/** The init container that unpacks the source into `WORKSPACE/context`. Its mount is named `workspace`. */
export const contextContainer = ({
  name,
  image,
  secret,
  securityContext,
}: ContextContainer): object => ({
  name,
  image,
  command: ['sh', '-c'],
  args: [
    `mkdir -p "${workspace}/context" && wget -qO- "$CONTEXT_URL" | tar -xzf - -C "${workspace}/context"`,
  ],
  env: [{ name: contextKey, valueFrom: { secretKeyRef: { name: secret, key: contextKey } } }],
  volumeMounts: [{ name: 'workspace', mountPath: workspace }],
  terminationMessagePolicy: 'FallbackToLogsOnError',
  securityContext,
});
