// What waits, in order: taken out, moved by buttons, by keys on the grip, or by dragging it.
import { useRef, useState } from 'preact/hooks';
import type { Entry } from '../../../adapters/http/shapes.ts';
import { move, remove, store } from '../state/index.ts';
import { moveTo } from '../state/order.ts';
import { openSearch, openWhy } from '../state/sheets.ts';
import { useStore } from '../state/store.ts';
import { clock } from '../words.ts';
import { Art } from './art.tsx';
import { Close, Down, Grip, Person, Plus, Up } from './icons.tsx';

interface Drag {
  readonly from: number;
  readonly to: number;
  readonly offsetPx: number;
}

function moveEntry(from: number, to: number): void {
  const { entries } = store.get().queue;
  const entry = entries.filter((each) => !each.sounding)[from];
  const moved = moveTo(entries, from, to);
  if (entry !== undefined && moved !== null) void move(entry.entry, moved.where, moved.entries);
}

/** Dragging by the grip. Rows are of one height, so the place follows from the distance. */
function useDrag(count: number) {
  const [drag, setDrag] = useState<Drag | null>(null);
  const start = useRef({ y: 0, height: 1 });

  const begin = (event: PointerEvent, from: number) => {
    const grip = event.currentTarget as HTMLElement;
    grip.setPointerCapture(event.pointerId);
    start.current = { y: event.clientY, height: grip.closest('li')?.offsetHeight ?? 64 };
    setDrag({ from, to: from, offsetPx: 0 });
  };
  const moveOn = (event: PointerEvent) => {
    if (drag === null) return;
    const offsetPx = event.clientY - start.current.y;
    const to = Math.max(0, Math.min(count - 1, drag.from + Math.round(offsetPx / start.current.height)));
    setDrag({ ...drag, offsetPx, to });
  };
  const end = () => {
    if (drag === null) return;
    setDrag(null);
    moveEntry(drag.from, drag.to);
  };
  /** How far a row is from its place while another is dragged across it. */
  const shiftOf = (index: number): number => {
    if (drag === null) return 0;
    if (index === drag.from) return drag.offsetPx;
    const { height } = start.current;
    if (index > drag.from && index <= drag.to) return -height;
    return index < drag.from && index >= drag.to ? height : 0;
  };
  return { drag, begin, moveOn, end, cancel: () => setDrag(null), shiftOf };
}

interface RowProps {
  readonly entry: Entry;
  readonly index: number;
  readonly count: number;
  readonly dragging: ReturnType<typeof useDrag>;
}

function Row({ entry, index, count, dragging }: RowProps) {
  const { drag, begin, moveOn, end, cancel, shiftOf } = dragging;
  const shift = shiftOf(index);
  const isHeld = drag?.from === index;
  const byKey = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    moveEntry(index, index + (event.key === 'ArrowUp' ? -1 : 1));
  };
  return (
    <li
      class={isHeld ? 'row held' : drag === null ? 'row' : 'row yielding'}
      style={{ transform: shift === 0 ? '' : `translateY(${shift}px)` }}
    >
      <button
        type="button"
        class="grip"
        data-arrows
        aria-label={`Move ${entry.title}: arrow keys, or drag`}
        onKeyDown={byKey}
        onPointerDown={(event) => begin(event, index)}
        onPointerMove={moveOn}
        onPointerUp={end}
        onPointerCancel={cancel}
      >
        <Grip />
      </button>
      <Art piece={entry} shown="row" />
      <button
        type="button"
        class="what"
        onClick={() => openWhy(entry.entry)}
        aria-label={`Why ${entry.title}?`}
      >
        <span class="title">{entry.title}</span>
        <span class="by">
          {entry.source === 'person' && (
            <span class="asked" title="Asked for">
              <Person />
            </span>
          )}
          {entry.artist}
        </span>
      </button>
      <span class="length">{clock(entry.durationMs)}</span>
      <span class="places">
        <button
          type="button"
          disabled={index === 0}
          onClick={() => moveEntry(index, index - 1)}
          aria-label={`Move ${entry.title} up`}
        >
          <Up />
        </button>
        <button
          type="button"
          disabled={index === count - 1}
          onClick={() => moveEntry(index, index + 1)}
          aria-label={`Move ${entry.title} down`}
        >
          <Down />
        </button>
      </span>
      <button
        type="button"
        class="remove"
        onClick={() => void remove(entry.entry)}
        aria-label={`Remove ${entry.title}`}
      >
        <Close />
      </button>
    </li>
  );
}

export function NextUp() {
  const entries = useStore(store, (model) => model.queue.entries);
  const isChoosing = useStore(store, (model) => model.status?.autoSelect.on === true);
  const waiting = entries.filter((entry) => !entry.sounding);
  const dragging = useDrag(waiting.length);
  return (
    <section class="next" aria-labelledby="next-up">
      <div class="heading">
        <h3 id="next-up">Next up</h3>
        <button type="button" class="pill" onClick={openSearch}>
          <Plus />
          Add
        </button>
      </div>
      {waiting.length === 0 ? (
        <p class="quiet">
          {isChoosing
            ? 'Nothing waits just now; Segue chooses as it goes.'
            : 'Nothing waits. Add what you want to hear.'}
        </p>
      ) : (
        <ol class="rows">
          {waiting.map((entry, index) => (
            <Row key={entry.entry} entry={entry} index={index} count={waiting.length} dragging={dragging} />
          ))}
        </ol>
      )}
    </section>
  );
}
