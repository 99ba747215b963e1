// What the owner says passages are like: characteristics of their own. Prepared statements; main thread, inside the caller's
// transaction.
import type { PassageId } from '../../../sync/vocabulary/common.ts';
import type { Flavor } from '../../../sync/vocabulary/director.ts';
import type { Db } from '../../ports.ts';

/** Of a characteristic of the owner's: how it is named among all others. */
export const ownName = (characteristic: string) => `user.${characteristic}`;

export interface OwnFlavors {
  /** `amount` 0 to 1 of it; null: nothing is said of it any more. Only of passages that there are; answers how many changed. */
  say(passages: readonly PassageId[], characteristic: string, amount: number | null): number;
  /** Passages that have at least so much of it. */
  having(characteristic: string, least: number): PassageId[];
}

export function createOwnFlavors(db: Db): OwnFlavors {
  const find = db.prepare<[PassageId], { value: string | null }>(
    `SELECT l.value FROM passages p LEFT JOIN flavors l ON l.passage = p.id AND l.source = 'user' WHERE p.id = ?`,
  );
  const put = db.prepare(`INSERT INTO flavors (passage, source, version, value) VALUES (?, 'user', 1, ?)
    ON CONFLICT (passage, source) DO UPDATE SET value = excluded.value`);
  const remove = db.prepare("DELETE FROM flavors WHERE passage = ? AND source = 'user'");
  const having = db
    .prepare<[string, string, number], PassageId>(
      `SELECT passage FROM flavors WHERE source = 'user' AND value ->> ('$."' || ? || '".yes') IS NOT NULL
         AND value ->> ('$."' || ? || '".yes') >= ? ORDER BY passage`,
    )
    .pluck();

  function sayOne(passage: PassageId, name: string, amount: number | null): boolean {
    const row = find.get(passage);
    if (row === undefined) return false;
    const { [name]: before, ...rest } = (row.value === null ? {} : JSON.parse(row.value)) as Flavor;
    if (before?.yes === amount || (before === undefined && amount === null)) return false;
    const flavor = amount === null ? rest : { ...rest, [name]: { no: 1 - amount, yes: amount } };
    if (Object.keys(flavor).length === 0) remove.run(passage);
    else put.run(passage, JSON.stringify(flavor));
    return true;
  }

  return {
    say(passages, characteristic, amount) {
      const name = ownName(characteristic);
      return passages.filter((passage) => sayOne(passage, name, amount)).length;
    },
    having(characteristic, least) {
      const name = ownName(characteristic);
      return having.all(name, name, least);
    },
  };
}
