/**
 * Splits at blanks outside of quotes; quotes and escapes stay, they are undone when variables are
 * replaced.
 */
export const splitWords = (text: string, escapeMark: string): readonly string[] => {
  const words = [''];
  let quote = '';
  let isEscaped = false;
  for (const character of text) {
    const isSpecial: boolean = !isEscaped;
    if (isSpecial && quote === '' && /\s/.test(character)) {
      words.push('');
      continue;
    }
    words.push(`${words.pop() ?? ''}${character}`);
    quote = isSpecial ? quoteAfter(quote, character) : quote;
    isEscaped = isSpecial && character === escapeMark && quote !== "'";
  }
  return words.filter((word) => word !== '');
};

const quoteAfter = (quote: string, character: string): string => {
  if (quote === character) {
    return '';
  }
  return quote === '' && ['"', "'"].includes(character) ? character : quote;
};
