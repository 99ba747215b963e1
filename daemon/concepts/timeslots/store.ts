// The SQL of Timeslots. Writes its two tables; reads flavors, and which passages there are.
import type { Flavor } from '../../../sync/vocabulary/director.ts';
import type { Timeslot } from '../../../sync/vocabulary/timeslots.ts';
import { bestSourceLast } from '../../policy/flavor-sources.ts';
import type { Db } from '../../ports.ts';
import { type Flavored, STARTER_CHARACTERISTICS } from './starter.ts';

export interface TimeslotsStore {
  all(): readonly Timeslot[];
  replace(slots: readonly Timeslot[]): void;
  hasPassage(passage: number): boolean;
  isSilenced(): boolean;
  setSilenced(silenced: boolean): void;
  /** Of those passages that have any; all sources of one passage together. */
  flavorsOf(passages: readonly number[]): readonly Flavored[];
  /** What the starter set goes by, of every passage whose file is there; read row by row. */
  measured(): Iterable<Flavored>;
}

interface Row {
  readonly id: number;
  readonly name: string;
  readonly startMinute: number;
  readonly flavor: string | null;
  readonly silent: number;
}
type FlavorRow = { passage: number; value: string };

export function createTimeslotsStore(db: Db): TimeslotsStore {
  const all = db.prepare(
    'SELECT id, name, start_minute AS startMinute, flavor, silent FROM timeslots ORDER BY start_minute',
  );
  const references = db
    .prepare('SELECT passage FROM timeslot_references WHERE timeslot = ? ORDER BY passage')
    .pluck();
  const clear = db.prepare('DELETE FROM timeslots');
  const add = db.prepare('INSERT INTO timeslots (name, start_minute, flavor, silent) VALUES (?, ?, ?, ?)');
  const addReference = db.prepare('INSERT INTO timeslot_references (timeslot, passage) VALUES (?, ?)');
  const isSilenced = db.prepare('SELECT 1 FROM silenced').pluck();
  const silence = db.prepare('INSERT OR IGNORE INTO silenced (id) VALUES (1)');
  const endSilence = db.prepare('DELETE FROM silenced');
  const hasPassage = db.prepare('SELECT 1 FROM passages WHERE id = ?').pluck();
  const flavorsOf = db.prepare(
    `SELECT passage, value FROM flavors WHERE passage = ? ORDER BY ${bestSourceLast()}`,
  );
  // Read whole, the flavors of a large library would take tens of megabytes.
  const found = STARTER_CHARACTERISTICS.map((name) => `v.value -> '$."${name}"'`).join(', ');
  const measured = db
    .prepare(
      `SELECT v.passage, ${found} FROM flavors v JOIN passages p ON p.id = v.passage JOIN files f ON f.id = p.file
       WHERE v.source = 'local' AND f.state = 'ok' AND p.retired = 0 ORDER BY v.passage`,
    )
    .raw();
  return {
    all: () =>
      (all.all() as Row[]).map(({ id, name, startMinute, flavor, silent }) => ({
        name,
        startMinute,
        references: references.all(id) as number[],
        flavor: flavor === null ? null : (JSON.parse(flavor) as Flavor),
        silent: silent === 1,
      })),
    replace: (slots) =>
      db.transaction(() => {
        clear.run();
        for (const { name, startMinute, references: passages, flavor, silent } of slots) {
          const text = flavor === null ? null : JSON.stringify(flavor);
          const slot = add.run(name.trim(), startMinute, text, silent ? 1 : 0).lastInsertRowid;
          for (const passage of passages) addReference.run(slot, passage);
        }
      })(),
    isSilenced: () => isSilenced.get() !== undefined,
    setSilenced: (silenced) => void (silenced ? silence : endSilence).run(),
    hasPassage: (passage) => hasPassage.get(passage) !== undefined,
    flavorsOf: (passages) =>
      passages.flatMap((passage) => {
        const rows = flavorsOf.all(passage) as FlavorRow[];
        if (rows.length === 0) return [];
        return [
          { passage, flavor: Object.assign({}, ...rows.map(({ value }) => JSON.parse(value))) as Flavor },
        ];
      }),
    *measured() {
      for (const [passage, ...labels] of measured.iterate() as Iterable<[number, ...(string | null)[]]>)
        yield { passage, flavor: flavorFrom(labels) };
    },
  };
}

/** From the labels of each of the characteristics, as JSON. */
function flavorFrom(found: readonly (string | null)[]): Flavor {
  const flavor: Record<string, Flavor[string]> = {};
  for (const [i, name] of STARTER_CHARACTERISTICS.entries()) {
    const labels = found[i];
    if (typeof labels === 'string') flavor[name] = JSON.parse(labels) as Flavor[string];
  }
  return flavor;
}
