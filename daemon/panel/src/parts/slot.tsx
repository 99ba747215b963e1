// One timeslot of the day: when it begins, and opened what it is called, whether it is silent, and what it sounds like.
import type { ComponentChildren } from 'preact';
import { change } from '../state/day.ts';
import {
  changed,
  type DayFault,
  type DraftSlot,
  type Field,
  MOST_NAME_CHARACTERS,
} from '../state/day-draft.ts';
import { Down } from './icons.tsx';
import { AddReference, References } from './references.tsx';

export const toggleId = (key: number) => `slot${key}-toggle`;
export const nameId = (key: number) => `slot${key}-name`;
export const startId = (key: number) => `slot${key}-start`;

const MEND = 'to be mended';

interface SlotProps {
  readonly slot: DraftSlot;
  readonly faults: readonly DayFault[];
  readonly holds: boolean;
  readonly isLast: boolean;
  readonly isOpen: boolean;
  readonly mayChange: boolean;
  readonly toggle: () => void;
  readonly remove: () => void;
  readonly focus: (id: string) => void;
}

/** What is wrong with a field: read aloud with it, and shown below it. */
function faultsIn({ key }: DraftSlot, faults: readonly DayFault[]) {
  const of = (field: Field) => faults.filter((fault) => fault.field === field);
  const idOf = (field: Field) => (of(field).length > 0 ? `slot${key}-${field}-fault` : undefined);
  const show = (field: Field): ComponentChildren =>
    of(field).length > 0 && (
      <p class="fault" id={idOf(field)} role="alert">
        {of(field)
          .map(({ message }) => message)
          .join(' ')}
      </p>
    );
  return { idOf, show };
}

export function Slot(props: SlotProps) {
  const { slot, faults, holds, isOpen, mayChange, toggle } = props;
  const { key, name, start, silent } = slot;
  const { idOf, show } = faultsIn(slot, faults);
  const isHiddenFault = !isOpen && faults.some(({ field }) => field !== 'start');
  const shownName = name.trim() || 'No name';
  const notes = [silent ? 'silent' : '', holds ? 'now' : ''].filter(Boolean);
  const said = [shownName, ...notes, ...(isHiddenFault ? [MEND] : [])];
  return (
    <li class={`slot ${holds ? 'holds' : ''}`}>
      <div class="line">
        {mayChange ? (
          <input
            type="time"
            id={startId(key)}
            value={start}
            required
            aria-label={`Start of ${name}`}
            aria-invalid={idOf('start') !== undefined}
            aria-describedby={idOf('start')}
            onChange={({ currentTarget: { value } }) => change((day) => changed(day, key, { start: value }))}
          />
        ) : (
          <span class="start">{start}</span>
        )}
        <button
          type="button"
          class="toggle"
          id={toggleId(key)}
          aria-label={`${said.join(', ')}: what it sounds like`}
          aria-expanded={isOpen}
          aria-controls={`slot${key}`}
          onClick={toggle}
        >
          <span class="name">{shownName}</span>
          {notes.map((note) => (
            <span key={note} class="quiet">
              {note}
            </span>
          ))}
          {isHiddenFault && <span class="fault">{MEND}</span>}
          <Down />
        </button>
      </div>
      {show('start')}
      <div id={`slot${key}`} class="details" hidden={!isOpen}>
        {isOpen && <Details {...props} />}
      </div>
    </li>
  );
}

function Details({ slot, faults, isLast, mayChange, remove, focus }: SlotProps) {
  const { key, name, passages, flavor, silent } = slot;
  const { idOf, show } = faultsIn(slot, faults);
  return (
    <>
      {mayChange && (
        <>
          <label class="field named">
            <span>Name</span>
            <input
              id={nameId(key)}
              value={name}
              maxLength={MOST_NAME_CHARACTERS}
              required
              autocomplete="off"
              aria-invalid={idOf('name') !== undefined}
              aria-describedby={idOf('name')}
              onInput={({ currentTarget: { value } }) => change((day) => changed(day, key, { name: value }))}
            />
          </label>
          {show('name')}
          <div class="silence">
            <span aria-hidden="true">Silent: nothing plays in it</span>
            <label class="switch">
              <input
                type="checkbox"
                checked={silent}
                aria-label={`Silent: nothing plays in ${name}`}
                onChange={({ currentTarget: { checked } }) =>
                  change((day) => changed(day, key, { silent: checked }))
                }
              />
              <span aria-hidden="true" />
            </label>
          </div>
        </>
      )}
      <p class="quiet">{soundsText(slot, mayChange)}</p>
      {passages.length > 0 && <References slot={slot} mayChange={mayChange} focus={focus} />}
      {flavor !== null && mayChange && <p class="quiet">A piece that you add takes their place.</p>}
      {show('references')}
      {mayChange && (
        <>
          <AddReference slot={slot} faultId={idOf('references')} />
          {isLast ? (
            <p class="quiet">It is the only timeslot, so it cannot be removed.</p>
          ) : (
            <button type="button" class="pill" aria-label={`Remove ${name}`} onClick={remove}>
              Remove this timeslot
            </button>
          )}
        </>
      )}
    </>
  );
}

function soundsText({ passages, flavor, silent }: DraftSlot, mayChange: boolean): string {
  if (flavor !== null) return 'It goes by numbers that were given by hand.';
  if (passages.length === 0)
    return silent
      ? 'Nothing plays in it.'
      : mayChange
        ? 'It sounds like:'
        : 'Nothing is known of how it sounds.';
  return silent ? 'When it is not silent any more, it sounds like:' : 'It sounds like:';
}
