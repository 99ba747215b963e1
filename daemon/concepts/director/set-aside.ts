// Set aside: passages that are not chosen for a while, by the name of what wants it so. In memory; main thread.
import { type Catalogue, passageIndex } from './catalogue.ts';

/** More names are a mistake of a rule. */
const MOST_NAMES = 100;

export interface SetAside {
  /** Replaces what this name has set aside; true if that is something else. */
  set(name: string, passages: readonly number[]): boolean;
  /** Their base becomes 0, that of all others what it was. `isFresh`: the catalogue has just been read. */
  applyTo(catalogue: Catalogue, isFresh: boolean): void;
}

export function createSetAside(): SetAside {
  const byName = new Map<string, readonly number[]>();
  /** What was taken from the catalogue at hand, by index. */
  let taken = new Map<number, number>();
  return {
    set(name, passages) {
      const before = byName.get(name) ?? [];
      if (before.length === passages.length && before.every((passage, i) => passage === passages[i]))
        return false;
      if (passages.length === 0) byName.delete(name);
      else if (byName.has(name) || byName.size < MOST_NAMES) byName.set(name, [...passages]);
      else return false;
      return true;
    },
    applyTo(catalogue, isFresh) {
      if (!isFresh) for (const [index, base] of taken) catalogue.base[index] = base;
      taken = new Map();
      for (const id of new Set([...byName.values()].flat())) {
        const index = passageIndex(catalogue, id);
        if (index < 0) continue;
        taken.set(index, catalogue.base[index] as number);
        catalogue.base[index] = 0;
      }
    },
  };
}
