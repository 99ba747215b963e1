// What the director says when it cannot choose: a sentence with what to do. Pure.
import type { NothingLeft, SelectionFacts } from '../../../sync/vocabulary/director.ts';

export function pausedMessage(leftMs: number): string {
  const minutes = Math.ceil(leftMs / 60_000);
  return `Several files in a row could not be played, so nothing is chosen automatically for another ${minutes} min. Look at health for the files, or press play to go on now.`;
}

export function reasonMessage(reason: NothingLeft, dropped: SelectionFacts['dropped']): string {
  switch (reason) {
    case 'NO_PASSAGES':
      return 'There is no music in the library yet. Copy files into a music folder, or import one.';
    case 'NO_SONGS':
      return 'No file in the library has a song that is known. Check the tags of the files and import them again.';
    case 'ALL_IN_COOLDOWN':
      return `All ${dropped.cooldown} passages were heard too recently. Wait, add music, shorten the cooldowns, or turn relax_cooldowns on.`;
    case 'ALL_EXCLUDED':
      return `Nothing in the library may play now: ${droppedInWords(dropped)}. Bring missing music back, add more, or raise a probability above 0.`;
  }
}

const WORDS: readonly [keyof SelectionFacts['dropped'], string][] = [
  ['cooldown', 'in cooldown'],
  ['queued', 'queued already'],
  ['missing', 'missing'],
  ['broken', 'broken'],
  ['noSong', 'without a song'],
  ['zeroBase', 'never to be chosen'],
];

/** "3 in cooldown, 1 queued already"; empty when nothing was dropped. */
export function droppedInWords(dropped: SelectionFacts['dropped']): string {
  return WORDS.filter(([key]) => dropped[key] > 0)
    .map(([key, words]) => `${dropped[key]} ${words}`)
    .join(', ');
}
