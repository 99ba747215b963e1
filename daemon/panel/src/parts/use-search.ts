// A hook that searches the library while somebody types: a moment after the last key, and never with an old answer.
import { useEffect, useState } from 'preact/hooks';
import type { Card } from '../../../adapters/http/shapes.ts';
import { api } from '../state/api.ts';

const TYPING_MS = 140;

export interface Found {
  readonly text: string;
  readonly cards: readonly Card[];
  readonly problem: string | null;
}

/** Null while there is nothing to look for. */
export function useSearch(text: string): Found | null {
  const [found, setFound] = useState<Found | null>(null);
  useEffect(() => {
    if (text === '') {
      setFound(null);
      return;
    }
    let isCurrent = true;
    const timer = setTimeout(async () => {
      const answer = await api.search(text);
      if (!isCurrent) return;
      setFound(
        answer.ok
          ? { text, cards: answer.body.passages, problem: null }
          : { text, cards: [], problem: answer.message },
      );
    }, TYPING_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [text]);
  return found;
}

export function foundText({ text, cards, problem }: Found): string {
  return problem ?? (cards.length === 0 ? `Nothing is called “${text}”.` : `${cards.length} found`);
}
