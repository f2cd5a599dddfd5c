export interface PodLogOptions {
  /** The container's previous run instead of the current one. */
  readonly previous?: boolean;
  /** Goes on until the container ends or the reader stops. */
  readonly follow?: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  /** RFC 3339. */
  readonly sinceTime?: string;
  /** Puts an RFC 3339 time with nanoseconds and a space before each line. */
  readonly timestamps?: boolean;
  readonly limitBytes?: number;
}

export interface PodContainer {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** Where the `log` subresource of a pod gets its text from; the node agent implements it. */
export interface PodLogs {
  /**
   * Throws a `StatusError` (400 `BadRequest`) when the container has not started or has no previous
   * run, before the first chunk is given.
   */
  read(container: PodContainer, options: PodLogOptions): AsyncIterable<string | Buffer>;
}
