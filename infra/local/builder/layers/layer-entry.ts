/** A file, folder or link in a layer. Paths are relative to the image's root, with forward slashes. */
export type LayerEntry =
  | { readonly type: 'Directory'; readonly path: string; readonly mode: number }
  | { readonly type: 'SymbolicLink'; readonly path: string; readonly target: string }
  | {
      readonly type: 'File';
      readonly path: string;
      readonly mode: number;
      /** In bytes; exactly as many are read. */
      readonly size: number;
      /** A file on this machine, or the content itself. */
      readonly content: string | Buffer;
    };
