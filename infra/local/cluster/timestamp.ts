/**
 * A `metav1.Time` as it stands in JSON: whole seconds, `2026-03-18T14:30:49Z`. The client's types
 * say `Date` for these fields, which is what its deserializer makes of them; stored objects are
 * plain JSON.
 */
export const timestamp = (time: Date): Date =>
  time.toISOString().replace(/\.\d+Z$/, 'Z') as unknown as Date;

/** A `metav1.MicroTime` as it stands in JSON. */
export const microTimestamp = (time: Date): Date =>
  time.toISOString().replace(/Z$/, '000Z') as unknown as Date;
