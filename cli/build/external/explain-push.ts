interface Advice {
  readonly message: string;
  readonly hint: string;
}

interface Cause extends Advice {
  readonly words: RegExp;
}

/** By what builders and registries say of them. The first that is found counts. */
const causes: readonly Cause[] = [
  {
    words: /no space left|insufficient storage|HTTP status: 507|quota/i,
    message: 'the registry has no room left',
    hint: 'make room in the registry, then build again',
  },
  {
    words: /denied|unauthorized|authentication required|insufficient_scope|HTTP status: 40[13]/i,
    message: 'the registry refused the push',
    hint: 'the credential has ended or was taken back, or may not push there: build again; `rackless grants` lists it, `rackless registries test` tries another',
  },
  {
    words: /HTTP response to HTTPS client/,
    message: 'the registry speaks plain HTTP',
    hint: 'put TLS in front of it, or let the builder have it as an insecure registry',
  },
  {
    words: /x509|certificate/i,
    message: "the registry's certificate is not trusted here",
    hint: 'let the builder trust the authority that signed it',
  },
  {
    words:
      /connection re(?:fused|set)|no such host|broken pipe|closed network connection|\bEOF\b|time(?:d )?out|unreachable|no route to host/i,
    message: 'the line to the registry broke, or nobody answers there',
    hint: 'check the network between this machine and the registry, then build again',
  },
  {
    words: /HTTP status: 5\d\d|internal server error/i,
    message: 'the registry failed',
    hint: 'it may be full, or down: its own log tells; then build again',
  },
];

/** What a push that failed was about, by the last lines of its builder; undefined when they don't tell. */
export const explainPush = (lines: readonly string[]): Advice | undefined => {
  const text = lines.join('\n');
  const cause = causes.find(({ words }) => words.test(text));
  return cause && { message: cause.message, hint: cause.hint };
};
