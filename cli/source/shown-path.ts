/** A path on one line, whatever stands in it: control characters and bytes that are no text are escaped. */
export const shownPath = (path: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to be escaped
  path.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffd]/g, escaped);

const escaped = (character: string): string =>
  character === '\n' ? '\\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Bytes that may be no text, as a shell takes them back in $'…'. */
export const shownBytes = (name: Buffer): string =>
  Array.from(name, (byte) =>
    byte > 0x1f && byte < 0x7f
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`
  ).join('');
