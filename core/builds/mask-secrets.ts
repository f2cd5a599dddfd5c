/** A line is masked for parts this long; shorter ones would hide words by accident. */
const shortest = 6;

/** Takes secrets out of text that a step of a build has printed. */
export const maskSecrets = (values: readonly string[]): ((text: string) => string) => {
  const parts = values
    .flatMap((value) => value.split('\n'))
    .map((part) => part.trim())
    .filter((part) => part.length >= shortest)
    // The longest first: one may hold another.
    .toSorted((one, other) => other.length - one.length);
  return (text) => parts.reduce((rest, part) => rest.replaceAll(part, '****'), text);
};
