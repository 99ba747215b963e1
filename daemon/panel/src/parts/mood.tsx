// What the music is like: a mood for a while in place of the time of day, and the day itself. A mood holds at once; the
// day is changed as a whole.
import { useEffect, useState } from 'preact/hooks';
import { api } from '../state/api.ts';
import { editing, leaveDay, refreshDay } from '../state/day.ts';
import { notify, store, tell } from '../state/index.ts';
import { moodText } from '../state/mood.ts';
import { useStore } from '../state/store.ts';
import { useNow } from './clock.ts';
import { Day } from './day.tsx';
import { Sheet } from './sheet.tsx';

const LENGTHS = [
  { minutes: 30, words: '30 min' },
  { minutes: 60, words: '1 h' },
  { minutes: 120, words: '2 h' },
  { minutes: 240, words: '4 h' },
] as const;
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
  const day = useStore(editing, (now) => now.day);
  const version = useStore(store, (model) => model.timeslotsVersion);
  // Null until it is known: what is shown then stays as it is.
  const [mayChange, setMayChange] = useState<boolean | null>(null);
  useEffect(() => void refreshDay(), [version]);
  useEffect(() => {
    void tell(api.session()).then(({ ok, ...rest }) =>
      setMayChange(ok && 'body' in rest && rest.body.rights.includes('admin')),
    );
    return () => {
      if (leaveDay()) notify('What you changed of the day is kept here, but not saved yet.');
    };
  }, []);
  const saved = day?.saved.timeslots ?? [];
  return (
    <Sheet title="Mood">
      <Instead moods={saved.filter(({ silent }) => !silent).map(({ name }) => name)} />
      {day !== null && mayChange !== null && <Day mayChange={mayChange} />}
    </Sheet>
  );
}
