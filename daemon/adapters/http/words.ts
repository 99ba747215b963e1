// What the interfaces say in words: a sentence with what to do for every state a listener may wonder about. Pure.
import type { NothingLeft } from '../../../sync/vocabulary/director.ts';
import type { AutoSelect } from './shapes.ts';

/** Of a minute of the day, as 06:45. */
export function timeOfDay(minute: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** The minute of the day of a time such as 6:45. */
export function minuteOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}

type Reason = NonNullable<AutoSelect['reason']>;

const WORDS: Record<Reason, string> = {
  NO_PASSAGES: 'There is no music yet: put audio files into a music folder and import it.',
  NO_SONGS: 'No piece is known well enough to be chosen: give the files titles, or import again.',
  ALL_IN_COOLDOWN: 'Everything has been heard too recently: add music, or allow cooldowns to be relaxed.',
  ALL_EXCLUDED:
    'Every piece is queued already, broken, missing or set to never play: look at the import failures.',
  OFF: 'Automatic choice is switched off: what you queue plays, and then it is silent.',
  PAUSED:
    'Several files failed one after the other, so nothing more is chosen for a while: check the disk, or press play.',
};

/** `isWanted`: the setting autoplay. */
export function autoSelectView(
  isWanted: boolean,
  state: { paused: boolean; reason: NothingLeft | 'PAUSED' | null; freeAtMs: number | null } | undefined,
): AutoSelect {
  const reason = !isWanted ? 'OFF' : state?.paused ? 'PAUSED' : (state?.reason ?? null);
  return {
    on: reason !== 'OFF' && reason !== 'PAUSED',
    reason,
    message: reason === null ? null : WORDS[reason],
    freeAtMs: state?.freeAtMs ?? null,
  };
}
