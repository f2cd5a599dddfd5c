/** A program that builds images, ready to be used by a client of the tests. */
export interface Engine {
  /** Variables for the client, which hands them on to the program. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}
