// What each characteristic tells apart in a library: how its values spread, and which passages are at both ends. Reads
// segue.db alone, so that it needs no daemon.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Failure } from '../../sync/vocabulary/common.ts';
import type { Flavor } from '../../sync/vocabulary/director.ts';
import { firstLabel, isBinary } from '../policy/flavor.ts';
import { bestSourceLast } from '../policy/flavor-sources.ts';

export interface Spread {
  readonly characteristic: string;
  readonly label: string;
  /** Of so many passages. */
  readonly passages: number;
  /** The least, the quarters, the most. */
  readonly values: readonly [number, number, number, number, number];
  /** Title and artist of the passages with the least and with the most of it. */
  readonly least: readonly string[];
  readonly most: readonly string[];
}

interface Row {
  readonly passage: number;
  readonly name: string;
  readonly value: string;
}

const QUARTERS = [0, 0.25, 0.5, 0.75, 1] as const;

/** Every label of a complex characteristic; of a binary one the label that it is compared by, as the other is the rest. */
export function spreadOf(stateDirectory: string, ends: number): Spread[] | Failure<'NOT_FOUND'> {
  const path = join(stateDirectory, 'segue.db');
  if (!existsSync(path))
    return {
      error: 'NOT_FOUND',
      message: `There is no ${path}: start Segue once, or name its state directory with --state.`,
    };
  const db = new Database(path, { readonly: true });
  try {
    const rows = db
      .prepare(
        `SELECT l.passage, p.title || CASE WHEN p.artist = '' THEN '' ELSE ' – ' || p.artist END AS name, l.value
         FROM flavors l JOIN passages p ON p.id = l.passage ORDER BY l.passage, ${bestSourceLast('l')}`,
      )
      .iterate() as IterableIterator<Row>;
    const columns = new Map<string, Map<number, { value: number; name: string }>>();
    for (const { passage, name, value } of rows) {
      for (const [characteristic, labels] of Object.entries(JSON.parse(value) as Flavor)) {
        for (const label of isBinary(labels) ? [firstLabel(labels)] : Object.keys(labels)) {
          const key = JSON.stringify([characteristic, label]);
          const column = columns.get(key) ?? new Map();
          column.set(passage, { value: labels[label] ?? 0, name });
          columns.set(key, column);
        }
      }
    }
    return [...columns]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, column]) => spread(key, [...column.values()], ends));
  } finally {
    db.close();
  }
}

function spread(key: string, cells: { value: number; name: string }[], ends: number): Spread {
  const [characteristic, label] = JSON.parse(key) as [string, string];
  cells.sort((a, b) => a.value - b.value);
  const at = (share: number) => cells[Math.round(share * (cells.length - 1))]?.value ?? 0;
  return {
    characteristic,
    label,
    passages: cells.length,
    values: QUARTERS.map(at) as unknown as Spread['values'],
    least: cells.slice(0, ends).map(({ name }) => name),
    most: cells
      .slice(-ends)
      .reverse()
      .map(({ name }) => name),
  };
}
