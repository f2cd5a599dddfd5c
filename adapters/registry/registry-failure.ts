import type { RegistryTrouble } from '#core/registries/probe.ts';

/** A registry did not do what it was asked; the message is what it or the network said. */
export class RegistryFailure extends Error {
  readonly trouble: RegistryTrouble;

  constructor(trouble: RegistryTrouble, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = 'RegistryFailure';
    this.trouble = trouble;
  }
}

const codes: Readonly<Record<string, RegistryTrouble>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  ETIMEDOUT: 'timeout',
  // OpenSSL's words for an answer in clear text.
  ERR_SSL_WRONG_VERSION_NUMBER: 'plain-http',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'plain-http',
};

const certificateTrouble = /CERT|SELF_SIGNED|LEAF_SIGNATURE|ERR_TLS|ERR_SSL|EPROTO/;

/** Why no answer came: what `fetch` has thrown. */
export const networkFailure = (error: unknown, host: string): RegistryFailure => {
  const { code, message } = rootOf(error);
  const trouble = codes[code] ?? (certificateTrouble.test(code) ? 'tls' : 'unreachable');
  return new RegistryFailure(trouble, `${host}: ${message}`, { cause: error });
};

interface Thrown {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly cause?: unknown;
  /** Of connecting to several addresses. */
  readonly errors?: readonly unknown[];
}

/** `fetch` hides the reason in causes. */
const rootOf = (error: unknown): { readonly code: string; readonly message: string } => {
  const { name, code = '', message = '', cause, errors = [] } = Object(error) as Thrown;
  if (name === 'TimeoutError') return { code: 'ETIMEDOUT', message: 'no answer in time' };
  const inner = errors[0] ?? cause;
  return inner ? rootOf(inner) : { code, message: message.split('\n', 1).join() };
};

const statuses: Readonly<Record<number, RegistryTrouble>> = {
  401: 'unauthenticated',
  403: 'denied',
  404: 'no-repository',
  405: 'not-a-registry',
  413: 'no-space',
  429: 'rate-limited',
  507: 'no-space',
};

/**
 * Registries have no code for it: Harbor, hosted ones and a full disk each say it in their own way;
 * Docker's registry gives the number of ENOSPC.
 */
const fullness = /quota|no space left|storage limit|insufficient storage|upper limit|"Err":28\b/i;

/** Why an answer is not what was asked for; reads its body. */
export const answerFailure = async (response: Response): Promise<RegistryFailure> => {
  const { status } = response;
  const body = await response.text().catch(() => '');
  const said = wordsOf(body);
  const trouble = fullness.test(body) ? 'no-space' : (statuses[status] ?? 'failed');
  return new RegistryFailure(trouble, `status ${status}${said && `: ${said}`}`);
};

const longest = 300;

/** `{"errors":[{"code","message"}]}`, as the distribution specification has it; else nothing. */
const wordsOf = (body: string): string => {
  try {
    const { errors = [] } = JSON.parse(body) as {
      errors?: readonly { code?: unknown; message?: unknown }[];
    };
    const words = errors.map(({ code, message }) => `${message || code}`).join('; ');
    return words.slice(0, longest);
  } catch {
    return '';
  }
};
