// Public ids: short stable strings, a letter for the kind and the row id: p12 a passage, e7 a queue entry, a3 an
// image, h5 a play, s2 a session, w1 an alarm. Pure functions; integers stay inside.

export type IdKind = 'p' | 'e' | 'a' | 'h' | 's' | 'w';

export function publicId(kind: IdKind, id: number): string {
  return `${kind}${id}`;
}

export function publicIdOrNull(kind: IdKind, id: number | null): string | null {
  return id === null ? null : `${kind}${id}`;
}

/** The row id behind a public id, or null when the text is not one of that kind. */
export function parseId(kind: IdKind, text: string): number | null {
  if (!/^[a-z][1-9][0-9]{0,14}$/.test(text) || text[0] !== kind) return null;
  return Number(text.slice(1));
}
