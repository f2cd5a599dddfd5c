/** `assertion.NAME == '…'` or `assertion.NAME in ['…', …]`; anything else is a mistake of the test. */
export const holds = (cel: string, assertion: Readonly<Record<string, unknown>>): boolean => {
  const [, name = '', operator, right = ''] =
    /^assertion\.(\w+) (==|in) (\[.*\]|'[^']*')$/.exec(cel) ?? [];
  if (!operator) throw new Error(`the fake does not read the condition ${cel}`);
  const values = [...right.matchAll(/'([^']*)'/g)].map(([, value]) => value);
  return values.includes(String(assertion[name]));
};
