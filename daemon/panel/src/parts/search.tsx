// Search, and ask for a piece: right after what plays, or at the end.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Card } from '../../../adapters/http/shapes.ts';
import { enqueue } from '../state/index.ts';
import { clock } from '../words.ts';
import { Art } from './art.tsx';
import { PlayNext, Plus, Search } from './icons.tsx';
import { Sheet } from './sheet.tsx';
import { foundText, useSearch } from './use-search.ts';

function Result({ card }: { card: Card }) {
  const isGone = card.state !== 'ok';
  return (
    <li class="row">
      <Art piece={card} shown="row" />
      <span class="what">
        <span class="title">{card.title}</span>
        <span class="by">{isGone ? 'The file is not there just now' : card.artist}</span>
      </span>
      <span class="length">{clock(card.durationMs)}</span>
      <button
        type="button"
        class="round"
        disabled={isGone}
        onClick={() => void enqueue(card.passage, card.title, 'next')}
        aria-label={`Play ${card.title} next`}
        title="Play next"
      >
        <PlayNext />
      </button>
      <button
        type="button"
        class="round"
        disabled={isGone}
        onClick={() => void enqueue(card.passage, card.title, 'end')}
        aria-label={`Add ${card.title} at the end`}
        title="Add at the end"
      >
        <Plus />
      </button>
    </li>
  );
}

export function SearchSheet() {
  const [text, setText] = useState('');
  const found = useSearch(text.trim());
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <Sheet title="Ask for a piece">
      <label class="field">
        <Search />
        <input
          ref={field}
          type="search"
          value={text}
          placeholder="Title, artist or album"
          aria-label="Search by title, artist or album"
          autocomplete="off"
          enterkeyhint="search"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <p class="quiet" role="status">
        {found === null ? 'What is it called, or who plays it?' : foundText(found)}
      </p>
      <ul class="rows results">
        {found?.cards.map((card) => (
          <Result key={card.passage} card={card} />
        ))}
      </ul>
    </Sheet>
  );
}
