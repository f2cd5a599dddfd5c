/** A value as a Secret's `data` holds it. */
export const secretData = (text: string): string => Buffer.from(text).toString('base64');

/** A value of a Secret's `data` as text. */
export const secretText = (data: string): string => Buffer.from(data, 'base64').toString();
