/** One instruction of a Dockerfile, with comments and line continuations taken out. */
export interface Instruction {
  /** In upper case. */
  readonly keyword: string;
  /** From 1. */
  readonly line: number;
  readonly flags: readonly { readonly name: string; readonly value: string }[];
  /** What follows the keyword and the flags, as it was written. */
  readonly content: string;
  /** The arguments, when they were written as a JSON list. */
  readonly list: readonly string[] | undefined;
  readonly hasHeredoc: boolean;
}

/** The instruction on one line, as the output shows it. */
export const titleOf = ({ keyword, flags, content }: Instruction): string =>
  [
    keyword,
    ...flags.map(({ name, value }) => (value === '' ? `--${name}` : `--${name}=${value}`)),
    content.replaceAll(/\s+/g, ' '),
  ].join(' ');

export const flagOf = (instruction: Instruction, name: string): string | undefined =>
  instruction.flags.find((flag) => flag.name === name)?.value;
