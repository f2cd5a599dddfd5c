type Assertion = Readonly<Record<string, unknown>>;

/** What the guide and other guides write; anything else is a mistake of the test. */
const forms: readonly (readonly [RegExp, (value: string, given: readonly string[]) => boolean])[] =
  [
    [/^assertion\.(\w+) == ('[^']*')$/, (value, given) => given.includes(value)],
    [/^assertion\.(\w+) in (\[.*\])$/, (value, given) => given.includes(value)],
    [
      /^assertion\.(\w+)\.startsWith\(('[^']*')\)$/,
      (value, given) => given.some((it) => value.startsWith(it)),
    ],
  ];

/** Reads a condition in a small part of CEL. */
export const holds = (cel: string, assertion: Assertion): boolean => {
  for (const [form, check] of forms) {
    const [, name = '', right = ''] = form.exec(cel) ?? [];
    const given = [...right.matchAll(/'([^']*)'/g)].map(([, value = '']) => value);
    if (name) return check(String(assertion[name]), given);
  }
  throw new Error(`the fake does not read the condition ${cel}`);
};
