/** An order that is the same in every language setting. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
