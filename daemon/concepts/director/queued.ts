// What is queued counts as heard at its expected time: laid over the catalogue while a choice is made, and taken off again.
import type { PassageId } from '../../../sync/vocabulary/common.ts';
import { type Catalogue, type Entities, type Links, passageIndex } from './catalogue.ts';

/** Runs `choose` with the songs, artists and works of `queued` (in playing order) heard as far as they will be when what is
 *  chosen begins, at `beginsAtMs`: each ends `overlapMs` after the next has begun, as the queue reckons too. `isQueued` has a
 *  1 for each of them. */
export function withQueuedHeard<T>(
  catalogue: Catalogue,
  queued: readonly PassageId[],
  beginsAtMs: number,
  overlapMs: number,
  isQueued: Uint8Array,
  choose: () => T,
): T {
  const undo: [Float64Array, number, number][] = [];
  const hear = ({ heardAt }: Entities, i: number, atMs: number) => {
    const before = heardAt[i] as number;
    if (before >= atMs) return;
    undo.push([heardAt, i, before]);
    heardAt[i] = atMs;
  };
  let nextBeginsAtMs = beginsAtMs;
  for (const id of [...queued].reverse()) {
    const passage = passageIndex(catalogue, id);
    if (passage < 0) continue;
    isQueued[passage] = 1;
    const durationMs = catalogue.durationMs[passage] as number;
    const overlap = Math.min(overlapMs, durationMs / 2);
    const atMs = Math.min(beginsAtMs, nextBeginsAtMs + overlap);
    each(catalogue.songsOf, passage, (song) => {
      hear(catalogue.songs, song, atMs);
      each(catalogue.artistsOf, song, (artist) => hear(catalogue.artists, artist, atMs));
      each(catalogue.worksOf, song, (work) => hear(catalogue.works, work, atMs));
    });
    nextBeginsAtMs -= durationMs - overlap;
  }
  try {
    return choose();
  } finally {
    for (const [heardAt, i, before] of undo.reverse()) heardAt[i] = before;
    for (const id of queued) {
      const passage = passageIndex(catalogue, id);
      if (passage >= 0) isQueued[passage] = 0;
    }
  }
}

function each(links: Links, i: number, visit: (item: number) => void): void {
  const to = links.starts[i + 1] as number;
  for (let k = links.starts[i] as number; k < to; k += 1) visit(links.items[k] as number);
}
