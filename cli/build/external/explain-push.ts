/** What may help a push that has failed: nothing here, another credential, or only some time. */
export type Remedy = 'none' | 'grant' | 'time';

interface Advice {
  readonly message: string;
  readonly hint: string;
  readonly remedy: Remedy;
}

interface Cause extends Advice {
  readonly words: RegExp;
}

/** A status of the registry, as docker, podman and containerd's image store put it. */
const status = (codes: string): string =>
  `\\b(?:HTTP|StatusCode:|status:|request to \\S+:) ${codes}`;

/** By what builders and registries say of them. The first that is found counts. */
const causes: readonly Cause[] = [
  {
    words: RegExp(
      `no space left|insufficient storage|${status('507')}|quota|configured upper limit`,
      'i'
    ),
    message: 'the registry has no room left',
    hint: 'make room in the registry, then build again',
    remedy: 'none',
  },
  {
    words: /tag invalid|cannot be overwritten|immutable/i,
    message:
      'the registry has something else under that tag already, and lets nothing take its place',
    hint: 'build again: each build has tags of its own',
    remedy: 'none',
  },
  {
    words: RegExp(`name unknown|no such repository|${status('404')}`, 'i'),
    message: 'the registry has no such repository, or is none',
    hint: '`rackless registries test` tells what answers there; then build again',
    remedy: 'none',
  },
  {
    words: RegExp(
      `denied|unauthorized|authentication required|no basic auth credentials|insufficient_scope|${status('40[13]')}`,
      'i'
    ),
    message: 'the registry refused the push',
    hint: 'the credential has ended or was taken back, or may not push there: build again; `rackless grants` lists it, `rackless registries test` tries another',
    remedy: 'grant',
  },
  {
    words: RegExp(`${status('413')}|entity too large`, 'i'),
    message: 'a layer is larger than the registry takes',
    hint: 'raise the limit of the registry, or of the proxy before it, or make the layers of the image smaller',
    remedy: 'none',
  },
  {
    words: /HTTP response to HTTPS client/,
    message: 'the registry speaks plain HTTP',
    hint: 'put TLS in front of it, or let the builder have it as an insecure registry',
    remedy: 'none',
  },
  {
    words: /x509|certificate/i,
    message: "the registry's certificate is not trusted here",
    hint: 'let the builder trust the authority that signed it',
    remedy: 'none',
  },
  {
    words: /no such host/i,
    message: 'the line to the registry is missing: its name is not known here',
    hint: 'check the DNS of this machine; `rackless registries test` tells whether the rack knows the name',
    remedy: 'none',
  },
  {
    words:
      /connection re(?:fused|set)|broken pipe|closed network connection|\bEOF\b|time(?:d )?out|unreachable|no route to host/i,
    message: 'the line to the registry broke, or nobody answers there',
    hint: 'check the network between this machine and the registry, then build again',
    remedy: 'time',
  },
  {
    words: RegExp(`toomanyrequests|${status('429')}`, 'i'),
    message: 'the registry takes no more requests for now',
    hint: 'wait for some minutes, then build again',
    remedy: 'time',
  },
  {
    words: RegExp(`${status('5\\d\\d')}|internal server error`, 'i'),
    message: 'the registry failed',
    hint: 'it may be full, or down: its own log tells; then build again',
    remedy: 'time',
  },
];

/** Enough of a builder's words to tell a refusal from a broken line. */
const lastLines = 5;

/** What a push that failed was about, by what its builder printed; undefined when that does not tell. */
export const explainPush = (lines: readonly string[]): Advice | undefined => {
  const text = lines.slice(-lastLines).join('\n');
  const cause = causes.find(({ words }) => words.test(text));
  return cause && { message: cause.message, hint: cause.hint, remedy: cause.remedy };
};
