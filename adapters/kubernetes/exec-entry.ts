import { UnavailableError } from '#core/errors.ts';

/** A kubeconfig's `exec` entry: the program that kubectl would run for a token. */
export interface ExecEntry {
  readonly command: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
}

export interface ClusterToken {
  readonly token: string;
  /** When to make a new one; milliseconds since 1970. */
  readonly until: number;
}

/** Makes in process what a program would print. Undefined for another program's entry. */
export type ExecPlugin = (entry: ExecEntry) => (() => Promise<ClusterToken>) | undefined;

/** The entry's words; `--region=R` counts as `--region R`. */
export const wordsOf = ({ args }: ExecEntry): readonly string[] =>
  (args ?? []).flatMap((it) => (it.startsWith('--') ? splitOption(it) : [it]));

/** What follows an option, by any of its names. */
export const optionOf = (words: readonly string[], ...names: string[]): string | undefined => {
  const at = words.findIndex((it) => names.includes(it));
  return at === -1 ? undefined : words[at + 1];
};

/** `/usr/local/bin/aws` and `aws.exe` are `aws`. */
export const programOf = ({ command }: ExecEntry): string =>
  command.replace(/^.*[/\\]/, '').replace(/\.exe$/, '');

/** An entry of a program that is not among ours, or of ours for something else. */
export const cannotRun = (
  { command }: ExecEntry,
  hint = 'use a token, a client certificate, or an entry of `aws eks get-token`, `kubelogin get-token` or `gke-gcloud-auth-plugin`'
): UnavailableError =>
  new UnavailableError(`the kubeconfig runs ${command}, which a function cannot do`, { hint });

const splitOption = (text: string): readonly string[] => {
  const at = text.indexOf('=');
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
};
