// Search text: turns whatever a person typed into an FTS5 expression that cannot fail. Pure.

const MOST_WORDS = 12;
const LONGEST_WORD = 64;

/** Every word must occur, as a word or the beginning of one. Null: nothing to search for.
 *  Words are cut where the tokenizer (unicode61) cuts them, so no operator or quote is left in them. */
export function matchExpression(text: string): string | null {
  const words = text.normalize('NFC').match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu);
  if (!words) return null;
  return words
    .slice(0, MOST_WORDS)
    .map((word) => `"${word.slice(0, LONGEST_WORD)}"*`)
    .join(' AND ');
}
