// How the music ends in the evening and begins in the morning: the sleep timer and the alarms. Every change is made at once.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AlarmLine } from '../../../adapters/http/shapes.ts';
import { type AlarmChange, api } from '../state/api.ts';
import { ringsText, toggled, WEEK } from '../state/bedside.ts';
import { store, tell } from '../state/index.ts';
import { useStore } from '../state/store.ts';
import { timeOfDay } from '../words.ts';
import { Close, Plus } from './icons.tsx';
import { Sheet } from './sheet.tsx';

const MINUTES = [15, 30, 45, 60, 90];
const FIRST: AlarmChange = { time: '07:00', weekdays: ['mon', 'tue', 'wed', 'thu', 'fri'] };

function Sleep() {
  const sleep = useStore(store, (model) => model.status?.sleep ?? null);
  return (
    <section aria-label="Sleep timer">
      <h4>Fade out and pause</h4>
      <div class="choices">
        {MINUTES.map((minutes) => (
          <button key={minutes} type="button" class="pill" onClick={() => void tell(api.sleep(minutes * 60))}>
            {minutes} min
          </button>
        ))}
      </div>
      <p class="quiet" role="status">
        {sleep === null ? 'The music plays on.' : `Silent at ${timeOfDay(sleep.untilMs)}.`}
      </p>
      {sleep !== null && (
        <button type="button" class="pill" onClick={() => void tell(api.stayAwake())}>
          Play on
        </button>
      )}
    </section>
  );
}

interface LineProps {
  readonly alarm: AlarmLine;
  readonly moods: readonly string[];
  readonly change: (setting: AlarmChange) => void;
  readonly remove: () => void;
}

function Line({ alarm, moods, change, remove }: LineProps) {
  const { time, weekdays, timeslot, enabled } = alarm;
  const known = timeslot === null || moods.includes(timeslot) ? moods : [...moods, timeslot];
  return (
    <li class={enabled ? '' : 'off'}>
      <div class="heading">
        <input
          type="time"
          value={time}
          aria-label="Time"
          required
          onChange={({ currentTarget: { value } }) => value !== '' && change({ time: value })}
        />
        <label class="switch">
          <input
            type="checkbox"
            checked={enabled}
            aria-label={`Alarm at ${time}`}
            onChange={({ currentTarget: { checked } }) => change({ enabled: checked })}
          />
          <span aria-hidden="true" />
        </label>
        <button type="button" class="round" onClick={remove} aria-label={`Remove the alarm at ${time}`}>
          <Close />
        </button>
      </div>
      <fieldset class="days">
        <legend class="unseen">Days</legend>
        {WEEK.map(({ day, letter, name }) => (
          <button
            key={day}
            type="button"
            aria-pressed={weekdays.includes(day)}
            aria-label={name}
            onClick={() => change({ weekdays: toggled(weekdays, day) })}
          >
            {letter}
          </button>
        ))}
      </fieldset>
      <label class="mood">
        Like
        <select
          value={timeslot ?? ''}
          onChange={({ currentTarget: { value } }) => change({ timeslot: value === '' ? null : value })}
        >
          <option value="">the time of day</option>
          {known.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <p class="quiet">
        {weekdays.length === 0 && enabled ? 'Once: ' : ''}
        {ringsText(alarm, Date.now())}
      </p>
    </li>
  );
}

export function BedsideSheet() {
  const [alarms, setAlarms] = useState<readonly AlarmLine[] | null>(null);
  const [moods, setMoods] = useState<readonly string[]>([]);
  const next = useStore(store, (model) => model.status?.alarm?.atMs ?? null);

  const asked = useRef(0);

  const load = async () => {
    asked.current += 1;
    const own = asked.current;
    const answer = await tell(api.alarms());
    // What has been changed since is not in it.
    if (answer.ok && own === asked.current) setAlarms(answer.body.alarms);
  };
  // Another panel may have changed them: then the next one is another.
  useEffect(() => void load(), [next]);
  useEffect(() => {
    void api.timeslots().then((answer) => {
      if (answer.ok) setMoods(answer.body.timeslots.map(({ name }) => name));
    });
  }, []);
  const after = async (done: Promise<unknown>) => {
    asked.current += 1;
    await done;
    await load();
  };
  /** Shown before the daemon confirms it. */
  const change = (alarm: string, setting: AlarmChange) => {
    setAlarms(
      (lines) => lines?.map((each) => (each.alarm === alarm ? { ...each, ...setting } : each)) ?? null,
    );
    void after(tell(api.changeAlarm(alarm, setting)));
  };

  return (
    <Sheet title="Sleep and wake">
      <Sleep />
      <section aria-label="Alarms">
        <h4>Wake with music</h4>
        {alarms !== null && (
          <ul class="alarms">
            {alarms.map((alarm) => (
              <Line
                key={alarm.alarm}
                alarm={alarm}
                moods={moods}
                change={(setting) => change(alarm.alarm, setting)}
                remove={() => void after(tell(api.removeAlarm(alarm.alarm)))}
              />
            ))}
          </ul>
        )}
        <button type="button" class="pill" onClick={() => void after(tell(api.addAlarm(FIRST)))}>
          <Plus /> Add an alarm
        </button>
      </section>
    </Sheet>
  );
}
