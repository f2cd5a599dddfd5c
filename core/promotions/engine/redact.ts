/** Makes a text fit to be kept: secrets in it are stars. */
export type Redact = (text: string) => string;

/** Short values (`1`, `true`) say nothing and would turn every log into stars. */
const shortestSecret = 6;
/** Base64 of less than this would hit words that have nothing to do with it. */
const shortestEncoded = 8;

const stars = '****';

/**
 * Credentials that are told by their form, whoever they belong to: those in addresses and
 * Authorization headers (a rack's token comes in both), JSON web tokens, and private keys.
 */
const forms: readonly (readonly [form: RegExp, replacement: string])[] = [
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/"']{0,200}:)[^\s@/"']{1,500}@/gi, `$1${stars}@`],
  [/(authorization["']?\s*[:=]\s*["']?(?:bearer|basic)\s+)[^\s"',]+/gi, `$1${stars}`],
  // A token of a rack: 256 bits in base64url. Digests and ids are lower case or shorter.
  [/(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{43}(?![\w-])/g, stars],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g, stars],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, stars],
];

/** A redactor for these values, in every form in which programs print them. */
export const redactor = (values: readonly string[]): Redact => {
  const secrets = [...new Set(values.flatMap(partsOf))].filter((it) => it.length >= shortestSecret);
  const known = [...new Set(secrets.flatMap(formsOf))]
    // The longest first: a part must not break the whole up.
    .toSorted((one, other) => other.length - one.length);
  const pattern = known.length > 0 ? new RegExp(known.map(escaped).join('|'), 'g') : undefined;
  return (text) => {
    const plain = pattern ? text.replace(pattern, stars) : text;
    return forms.reduce((out, [form, replacement]) => out.replace(form, replacement), plain);
  };
};

/**
 * A value and the secrets inside it: the strings of a JSON document, which a program prints one by
 * one, and the password of an address.
 */
const partsOf = (value: string): string[] => [value, ...stringsIn(value), ...passwordIn(value)];

const stringsIn = (value: string): string[] => {
  if (!/^\s*[[{]/.test(value)) return [];
  try {
    return leaves(JSON.parse(value));
  } catch {
    return [];
  }
};

const leaves = (value: unknown): string[] => {
  if (typeof value === 'string') return [value, ...value.split('\n').map((line) => line.trim())];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(leaves);
};

const passwordIn = (value: string): string[] => {
  const [, password = ''] = /^[a-z][a-z0-9+.-]*:\/\/[^:@/]*:([^@/]+)@/i.exec(value) ?? [];
  return [password, decoded(password)];
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const formsOf = (secret: string): string[] => {
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    json,
    // Go and PHP escape more than JSON asks for.
    json.replaceAll('/', '\\/'),
    json.replace(/[<>&]/g, (it) => `\\u00${it.charCodeAt(0).toString(16)}`),
    encodeURIComponent(secret),
    encodeURIComponent(secret).replaceAll('%20', '+'),
    encodeURIComponent(secret).replace(/%[0-9A-F]{2}/g, (it) => it.toLowerCase()),
    Buffer.from(secret).toString('hex'),
    ...base64Forms(secret),
  ];
};

/**
 * Base64 of a text that holds the secret anywhere looks one of three ways; the characters at the
 * ends depend on what stands beside it and are left out.
 */
const base64Forms = (secret: string): string[] => {
  const whole = Buffer.from(secret).toString('base64');
  const inside = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]);
    const first = Math.ceil((shift * 8) / 6);
    return text.toString('base64').slice(first, Math.floor((text.length * 8) / 6));
  });
  const found = [whole, ...inside].filter((it) => it.length >= shortestEncoded);
  return [...found, ...found.map((it) => it.replaceAll('+', '-').replaceAll('/', '_'))];
};

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
