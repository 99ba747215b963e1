// From what a person writes to passages: ids as they are, other words as a search whose best hit is meant.
import type { Card } from './answers.ts';
import type { ExitCode } from './command.ts';
import { fail, type Io } from './io.ts';
import { piece } from './words.ts';

export const isPassage = (word: string) => /^p\d+$/.test(word);

/** The exit code when nothing is called so; it has been said then. */
export async function findPassages(io: Io, words: readonly string[]): Promise<string[] | ExitCode> {
  if (words.every(isPassage)) return [...words];
  const path = `/api/v1/library/search?limit=1&q=${encodeURIComponent(words.join(' '))}`;
  const found = await io.client.get<{ passages: readonly Card[] }>(path);
  if (!found.ok) return fail(io, found.error);
  const [best] = found.body.passages;
  if (best === undefined)
    return fail(io, { code: 'NO_SUCH_PASSAGE', message: `Nothing is called "${words.join(' ')}".` });
  if (!io.isJson) io.out(piece(best));
  return [best.passage];
}
