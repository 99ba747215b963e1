// Search text: turns whatever a person typed into FTS5 expressions that cannot fail. Pure.

const MOST_WORDS = 12;
const LONGEST_WORD = 64;

export interface Expressions {
  /** Every word occurs, as a word or the beginning of one, wherever. */
  readonly all: string;
  /** The same hits in tiers, each without those before it: a word of the artist, a word of the title, of the album alone. */
  readonly tiers: readonly [string, string, string];
}

/** Null: nothing to search for. Words are cut where the tokenizer (unicode61) cuts them, so no operator or quote is left in
 *  them. */
export function expressionsOf(text: string): Expressions | null {
  const words = text.normalize('NFC').match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu);
  if (!words) return null;
  const phrases = words.slice(0, MOST_WORDS).map((word) => `"${word.slice(0, LONGEST_WORD)}"*`);
  const all = phrases.join(' AND ');
  const any = phrases.join(' OR ');
  const inArtist = `{artist} : (${any})`;
  const inTitle = `{title} : (${any})`;
  return {
    all,
    tiers: [
      `(${all}) AND (${inArtist})`,
      `((${all}) AND (${inTitle})) NOT (${inArtist})`,
      `((${all}) NOT (${inArtist})) NOT (${inTitle})`,
    ],
  };
}
