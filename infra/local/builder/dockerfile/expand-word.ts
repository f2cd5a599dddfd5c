import { BuildError } from '../build-error.ts';

export interface Expansion {
  readonly escapeMark: string;
  /** Undefined for a variable that is not set. */
  readonly value: (name: string) => string | undefined;
}

/**
 * Replaces `$NAME` and `${NAME:-word}` and takes quotes and escapes away, as Docker does in the
 * arguments of instructions. Throws `BuildError`.
 */
export const expandWord = (word: string, expansion: Expansion): string => {
  const reader = new WordReader(word, expansion);
  return reader.read('');
};

class WordReader {
  readonly #text: string;
  readonly #expansion: Expansion;
  #at: number = 0;

  constructor(text: string, expansion: Expansion) {
    this.#text = text;
    this.#expansion = expansion;
  }

  /** Reads up to `end`, which is consumed; up to the end of the text when it is empty. */
  read(end: string): string {
    let result = '';
    while (this.#at < this.#text.length) {
      const character = this.#next();
      if (character === end) {
        return result;
      }
      result += this.#unquoted(character);
    }
    if (end !== '') {
      throw new BuildError(`syntax error: missing ${end} in ${this.#text}`);
    }
    return result;
  }

  #unquoted(character: string): string {
    switch (character) {
      case "'":
        return this.#singleQuoted();
      case '"':
        return this.#doubleQuoted();
      case '$':
        return this.#variable();
      default:
        return character === this.#expansion.escapeMark && this.#at < this.#text.length
          ? this.#next()
          : character;
    }
  }

  #singleQuoted(): string {
    const end = this.#text.indexOf("'", this.#at);
    if (end === -1) {
      throw new BuildError(`unexpected end of statement while looking for matching single-quote`);
    }
    const text = this.#text.slice(this.#at, end);
    this.#at = end + 1;
    return text;
  }

  #doubleQuoted(): string {
    let result = '';
    while (this.#at < this.#text.length) {
      const character = this.#next();
      if (character === '"') {
        return result;
      }
      result += this.#inDoubleQuotes(character);
    }
    throw new BuildError('unexpected end of statement while looking for matching double-quote');
  }

  #inDoubleQuotes(character: string): string {
    if (character === '$') {
      return this.#variable();
    }
    const { escapeMark } = this.#expansion;
    const following = this.#text[this.#at] ?? '';
    const isEscape = character === escapeMark && ['"', '$', escapeMark].includes(following);
    return isEscape ? this.#next() : character;
  }

  #variable(): string {
    if (this.#text[this.#at] === '{') {
      this.#at += 1;
      return this.#braced();
    }
    const name = this.#name();
    return name === '' ? '$' : (this.#expansion.value(name) ?? '');
  }

  #name(): string {
    const name = /^(?:[A-Za-z_]\w*|\d)/.exec(this.#text.slice(this.#at))?.[0] ?? '';
    this.#at += name.length;
    return name;
  }

  #braced(): string {
    const name = this.#name();
    const operator = /^(?::?[-+?]|\})/.exec(this.#text.slice(this.#at))?.[0];
    if (name === '' || operator === undefined) {
      throw new BuildError(
        `unsupported modifier in substitution: ${this.#text}; known are :- :+ :? - + ?`
      );
    }
    this.#at += operator.length;
    const value = this.#expansion.value(name);
    return operator === '}' ? (value ?? '') : this.#modified(name, value, operator);
  }

  /** With a colon, an empty value counts as not set. */
  #modified(name: string, value: string | undefined, operator: string): string {
    const word = this.read('}');
    const set = operator.startsWith(':') ? value || undefined : value;
    if (operator.endsWith('+')) {
      return set === undefined ? '' : word;
    }
    return set ?? this.#whenNotSet(name, word, operator);
  }

  #whenNotSet(name: string, word: string, operator: string): string {
    if (operator.endsWith('?')) {
      throw new BuildError(`${name}: ${word || 'variable is not set'}`);
    }
    return word;
  }

  #next(): string {
    const character = this.#text[this.#at] ?? '';
    this.#at += 1;
    return character;
  }
}
