/** JSON documents in the rack's bucket: rendered releases, evidence. Values of environments never. */
export interface Documents {
  read(key: string): Promise<unknown>;
  write(key: string, document: unknown): Promise<void>;
}

export const documentKeys = {
  /** The rendered form of a release when it was last active. */
  rendered: (app: string, release: string): string => `apps/${app}/rendered/${release}.json`,
  evidence: (app: string, promotion: string): string =>
    `apps/${app}/promotions/${promotion}/evidence.json`,
};
