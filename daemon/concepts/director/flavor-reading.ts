// Reads the flavors of a catalogue some at a time, so that the event loop of a small board is never held by a large library.
// Main thread; reads the library's tables and writes nothing. What is needed at once is read at once.
import type { Flavor } from '../../../sync/vocabulary/director.ts';
import { bestSourceLast } from '../../policy/flavor-sources.ts';
import type { Db } from '../../ports.ts';
import type { Catalogue } from './catalogue.ts';

/** Some milliseconds on a desktop, a tenth of a second on a board. */
const PASSAGES_A_STEP = 200;

export interface FlavorReading {
  /** The next passages; false: all have been read. */
  step(): boolean;
  finish(): void;
}

/** Into the matrix of the catalogue, in the order of its passages. Flavors that change meanwhile are for the next reading. */
export function readFlavors(db: Db, { ids, flavors }: Pick<Catalogue, 'ids' | 'flavors'>): FlavorReading {
  const between = db
    .prepare<[number, number], [number, string]>(
      `SELECT passage, value FROM flavors WHERE passage BETWEEN ? AND ? ORDER BY passage, ${bestSourceLast()}`,
    )
    .raw();
  let next = 0;

  function step(): boolean {
    const until = Math.min(next + PASSAGES_A_STEP, ids.length);
    if (next === until) return false;
    let row = next;
    for (const [passage, value] of between.all(ids[next] as number, ids[until - 1] as number)) {
      while ((ids[row] as number) < passage) row += 1;
      flavors.set(row, JSON.parse(value) as Flavor);
    }
    next = until;
    return next < ids.length;
  }

  return {
    step,
    finish() {
      while (step());
    },
  };
}
