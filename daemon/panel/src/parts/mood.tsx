// What the music is like: the day as a ring of timeslots, each with its start, and a mood in their place for a while. Every
// change is made at once.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { TimeslotLine } from '../../../adapters/http/shapes.ts';
import { api } from '../state/api.ts';
import { store, tell } from '../state/index.ts';
import { arcPath, arcsOf, moodText, onRing } from '../state/mood.ts';
import { useStore } from '../state/store.ts';
import { useNow } from './clock.ts';
import { Sheet } from './sheet.tsx';

const LENGTHS = [
  { minutes: 30, words: '30 min' },
  { minutes: 60, words: '1 h' },
  { minutes: 120, words: '2 h' },
  { minutes: 240, words: '4 h' },
] as const;
const RADIUS = 50;
/** What the round ends of two lines reach over, and a little between them. */
const GAP_MINUTES = 26;
const HOURS = [0, 6, 12, 18];

function minuteNow(): number {
  const now = new Date();
  return 60 * now.getHours() + now.getMinutes();
}

function Ring({ slots }: { slots: readonly TimeslotLine[] }) {
  const minute = minuteNow();
  const arcs = arcsOf(slots, minute);
  const [tip, tail] = [onRing(minute, RADIUS + 7), onRing(minute, RADIUS - 7)];
  return (
    <svg class="ring" viewBox="-70 -70 140 140" aria-hidden="true" focusable="false">
      {arcs.map((arc) => (
        <path
          key={arc.name}
          class={`${arc.holds ? 'holds' : ''} ${arc.silent ? 'silent' : ''}`}
          d={arcPath(arc, RADIUS, GAP_MINUTES)}
        />
      ))}
      <line x1={tail.x} y1={tail.y} x2={tip.x} y2={tip.y} />
      {HOURS.map((hour) => {
        const { x, y } = onRing(60 * hour, RADIUS - 16);
        return (
          <text key={hour} x={x} y={y}>
            {hour}
          </text>
        );
      })}
    </svg>
  );
}

interface DayProps {
  readonly slots: readonly TimeslotLine[];
  readonly begin: (name: string, start: string) => void;
}

function Day({ slots, begin }: DayProps) {
  const holding = arcsOf(slots, minuteNow()).find(({ holds }) => holds)?.name;
  return (
    <section aria-label="The day">
      <h4>The day</h4>
      <Ring slots={slots} />
      <ul class="slots">
        {slots.map(({ name, start, silent }) => (
          <li key={name} class={name === holding ? 'holds' : ''}>
            <input
              type="time"
              value={start}
              required
              aria-label={`Start of ${name}`}
              onChange={({ currentTarget: { value } }) => value !== '' && begin(name, value)}
            />
            <span>{name}</span>
            {silent && <span class="quiet">silent</span>}
            {name === holding && <span class="quiet">now</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface InsteadProps {
  readonly moods: readonly string[];
}

function Instead({ moods }: InsteadProps) {
  const [minutes, setMinutes] = useState<number>(120);
  const status = useStore(store, (model) => model.status);
  const statusAtMs = useStore(store, (model) => model.statusAtMs);
  const nowMs = useNow(status?.override ? 15_000 : null);
  const current = status?.current ?? null;
  const durationS = 60 * minutes;
  return (
    <section aria-label="Mood">
      <p role="status">{moodText(status, nowMs - statusAtMs)}</p>
      {status?.override && (
        <button type="button" class="pill" onClick={() => void tell(api.endOverride())}>
          By the time of day again
        </button>
      )}
      <h4>Something else for a while</h4>
      <fieldset class="choices">
        <legend class="unseen">For how long</legend>
        {LENGTHS.map((each) => (
          <button
            key={each.minutes}
            type="button"
            class="pill"
            aria-pressed={each.minutes === minutes}
            onClick={() => setMinutes(each.minutes)}
          >
            {each.words}
          </button>
        ))}
      </fieldset>
      <div class="choices">
        {moods.map((name) => (
          <button
            key={name}
            type="button"
            class="pill mood"
            onClick={() => void tell(api.override({ timeslot: name, durationS }))}
          >
            <span>{name}</span>
          </button>
        ))}
        {current !== null && (
          <button
            type="button"
            class="pill"
            onClick={() => void tell(api.override({ passage: current.passage, durationS }))}
          >
            Like “{current.title}”
          </button>
        )}
      </div>
    </section>
  );
}

export function MoodSheet() {
  const [slots, setSlots] = useState<readonly TimeslotLine[] | null>(null);
  const asked = useRef(0);
  const show = async (answer: ReturnType<typeof api.timeslots>) => {
    asked.current += 1;
    const own = asked.current;
    const { ok, ...rest } = await tell(answer);
    if (own !== asked.current) return;
    // What was shown before it was refused is not so.
    if (ok && 'body' in rest) setSlots(rest.body.timeslots);
    else if (slots !== null) setSlots(slots);
  };
  useEffect(() => void show(api.timeslots()), []);
  const begin = (name: string, start: string) => {
    if (slots === null) return;
    const changed = slots.map((slot) => (slot.name === name ? { ...slot, start } : slot));
    setSlots(changed);
    void show(api.setTimeslots(changed));
  };
  const moods = (slots ?? []).filter(({ silent }) => !silent).map(({ name }) => name);
  return (
    <Sheet title="Mood">
      <Instead moods={moods} />
      {slots !== null && <Day slots={slots} begin={begin} />}
    </Sheet>
  );
}
