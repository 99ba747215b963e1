// What a timeslot sounds like: its passages, and where it may be changed others found in the library, or what sounds now.
import { useState } from 'preact/hooks';
import type { Card } from '../../../adapters/http/shapes.ts';
import { change } from '../state/day.ts';
import { type DraftSlot, withoutPassage, withPassage } from '../state/day-draft.ts';
import { store } from '../state/index.ts';
import { useStore } from '../state/store.ts';
import { Check, Close, Plus, Search } from './icons.tsx';
import { foundText, useSearch } from './use-search.ts';

/** So many fit on a phone; who does not find it among them writes another word. */
const MOST_SHOWN = 6;

function Piece({ card }: { card: Card }) {
  const who = card.state === 'ok' ? card.artist : 'The file is not there just now';
  return (
    <span class="what">
      <span class="title">{card.title}</span>
      <span class="by">{who}</span>
    </span>
  );
}

export const searchId = (key: number) => `slot${key}-search`;
const removeId = (key: number, passage: string) => `slot${key}-${passage}`;

interface ListProps {
  readonly slot: DraftSlot;
  readonly mayChange: boolean;
  readonly focus: (id: string) => void;
}

/** Whose button is gone gives the focus to the next one. */
export function References({ slot: { key, name, passages }, mayChange, focus }: ListProps) {
  const remove = (at: number, passage: string) => {
    const next = passages[at + 1] ?? passages[at - 1];
    change((day) => withoutPassage(day, key, passage));
    focus(next === undefined ? searchId(key) : removeId(key, next.passage));
  };
  return (
    <ul class="pieces" aria-label={`What ${name} sounds like`}>
      {passages.map((card, at) => (
        <li key={card.passage}>
          <Piece card={card} />
          {mayChange && (
            <button
              type="button"
              class="round"
              id={removeId(key, card.passage)}
              onClick={() => remove(at, card.passage)}
              aria-label={`Take ${card.title} out of ${name}`}
            >
              <Close />
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** `faultId`: of what is wrong with the references, when something is. */
export function AddReference({ slot, faultId }: { slot: DraftSlot; faultId: string | undefined }) {
  const { key, name, passages } = slot;
  const [text, setText] = useState('');
  const found = useSearch(text.trim());
  const current = useStore(store, (model) => model.status?.current ?? null);
  const has = (passage: string) => passages.some((card) => card.passage === passage);
  const add = (card: Card) => change((day) => withPassage(day, key, card));
  return (
    <div class="adding">
      <label class="field">
        <Search />
        <input
          id={searchId(key)}
          type="search"
          value={text}
          placeholder="Add a piece: title or artist"
          aria-label={`Add a piece to ${name}: search by title, artist or album`}
          aria-describedby={faultId}
          autocomplete="off"
          enterkeyhint="search"
          onInput={({ currentTarget: { value } }) => setText(value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || text === '') return;
            // It ends the search; the next one closes the sheet.
            event.preventDefault();
            setText('');
          }}
        />
      </label>
      <p class="unseen" role="status">
        {found === null ? '' : foundText(found)}
      </p>
      {found !== null && found.cards.length === 0 && (
        <p class="quiet" aria-hidden="true">
          {foundText(found)}
        </p>
      )}
      {found !== null && found.cards.length > 0 && (
        <ul class="pieces found" aria-label="Found">
          {found.cards.slice(0, MOST_SHOWN).map((card) => (
            <li key={card.passage}>
              <Piece card={card} />
              <button
                type="button"
                class="round"
                aria-disabled={has(card.passage)}
                onClick={() => add(card)}
                aria-label={
                  has(card.passage) ? `${card.title} is in ${name}` : `Add ${card.title} to ${name}`
                }
              >
                {has(card.passage) ? <Check /> : <Plus />}
              </button>
            </li>
          ))}
        </ul>
      )}
      {current !== null && (
        <button
          type="button"
          class="pill sounding"
          aria-disabled={has(current.passage)}
          onClick={() => add(cardOf(current))}
        >
          {has(current.passage) ? <Check /> : <Plus />}
          <span class="title">
            {has(current.passage)
              ? `“${current.title}” is among them`
              : `Add what sounds now: “${current.title}”`}
          </span>
        </button>
      )}
    </div>
  );
}

/** Without what is true of this moment alone. */
function cardOf({ passage, title, artist, album, art, durationMs, state }: Card): Card {
  return { passage, title, artist, album, art, durationMs, state };
}
