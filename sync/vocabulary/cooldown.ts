// Cooldown: when songs, artists and works were last heard, and how free they are at a time.
import type { CalendarMs, PassageId } from './common.ts';

export interface CooldownVocabulary {
  actions: {
    /** What was heard starts the cooldown of its songs, artists and works; `songsOnly` after an early skip. */
    recordHeard: {
      input: { passage: PassageId; atMs: CalendarMs; songsOnly: boolean };
      output: { passage: PassageId; songs: number };
    };
  };
  queries: {
    /** The factor of a passage at a time: 0 (in cooldown) to 1 (free). */
    factor: { input: { passage: PassageId; atMs: CalendarMs }; row: { factor: number } };
  };
  events: Record<never, never>;
}
