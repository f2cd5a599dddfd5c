const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** `250m`, `1Gi` or `1e3` as a number of cores or bytes; 0 for what is no quantity. */
const parseQuantity = (text: string): number => {
  const [, number = '0', unit = ''] = /^([\d.]+(?:e\d+)?)([A-Za-z]*)$/.exec(text) ?? [];
  return Number(number) * (factors[unit] ?? 0);
};

/** In thousandths of a core. */
export const millicores = (quantity = '0'): number => Math.round(parseQuantity(quantity) * 1000);

/** In MiB. */
export const mebibytes = (quantity = '0'): number => Math.round(parseQuantity(quantity) / 2 ** 20);
