// What the Player knows of each entry it has handed to the core, so that every edge is told exactly once.
// Plain bookkeeping on the main thread; entries leave it when they have ended.
import type { EntryPlan } from '../../../audio/engine.ts';
import type { EntryId, Playable } from '../../../sync/vocabulary/common.ts';

export interface Voice {
  readonly entry: EntryId;
  readonly playable: Playable;
  readonly plan: EntryPlan;
  /** What was heard of it before this start of the daemon. */
  readonly resumedMs: number;
  readonly state: 'prepared' | 'sounding';
}

export function createVoices() {
  const voices = new Map<EntryId, Voice>();
  const take = (entry: EntryId): Voice | undefined => {
    const voice = voices.get(entry);
    voices.delete(entry);
    return voice;
  };
  return {
    get: (entry: EntryId): Voice | undefined => voices.get(entry),
    prepare(entry: EntryId, playable: Playable, plan: EntryPlan, resumedMs: number): void {
      voices.set(entry, { entry, playable, plan, resumedMs, state: 'prepared' });
    },
    /** The core has accepted this plan: what was prepared before it has been replaced, and never begins. Not before
     *  that, because until then it may still begin; and not what was prepared since, because answers come late. */
    accepted(plan: EntryPlan): void {
      for (const [entry, voice] of voices) {
        if (voice.state === 'prepared' && entry !== plan.entry && voice.plan.plan < plan.plan)
          voices.delete(entry);
      }
    },
    /** Undefined if its start has been told already, or the entry is not known. */
    begin(entry: EntryId): Voice | undefined {
      const voice = voices.get(entry);
      if (!voice || voice.state === 'sounding') return undefined;
      voices.set(entry, { ...voice, state: 'sounding' });
      return voice;
    },
    /** Its start could not be written down: it will be told again. */
    begunAgain(entry: EntryId): void {
      const voice = voices.get(entry);
      if (voice) voices.set(entry, { ...voice, state: 'prepared' });
    },
    end: take,
    drop: take,
  };
}
