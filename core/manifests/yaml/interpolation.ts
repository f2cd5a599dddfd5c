/**
 * `${NAME}` from the release environment.
 *
 * Convox replaces it in the raw text before parsing, so that a value with a line break or a colon rewrites the manifest
 * (a variable could add `privileged: true`). Here the text is parsed first and only scalars are filled in. Until then each
 * reference is held by a stand-in of the same length, which leaves positions alone and survives flow style, where
 * `{port: ${PORT}}` would not parse.
 */
const REFERENCE = /\$\{([A-Za-z0-9_.-]+)\}/g;
// Private-use characters mean nothing to YAML.
const STAND_IN = /\uE000\uE000([A-Za-z0-9_.-]+)\uE001/g;
// Without `{` in the class, a text of nothing but `${` would take minutes.
const UNKNOWN_FORM = /\$\{[^{}]*\}/;

export const holdReferences = (text: string): string =>
  text.replace(REFERENCE, '\uE000\uE000$1\uE001');

/** Puts the references back as they were written, for messages. */
export const showReferences = (text: string): string =>
  text.replace(STAND_IN, (_, name: string) => `\${${name}}`);

/** A reference such as `${NAME:-default}`, which would silently become empty. */
export const unsupportedReference = (text: string): string | undefined =>
  UNKNOWN_FORM.exec(text)?.[0];

export interface Filled {
  readonly text: string;
  readonly missing: readonly string[];
}

/** Fills in the values; a missing one is empty, as in Convox. */
export const fillReferences = (text: string, env: Readonly<Record<string, string>>): Filled => {
  const missing: string[] = [];
  const value = (name: string): string => {
    const found = Object.hasOwn(env, name) ? env[name] : undefined;
    if (found === undefined) missing.push(name);
    return found ?? '';
  };
  return { text: text.replace(STAND_IN, (_, name: string) => value(name)), missing };
};
