// The SQL of trace.db: one row a flow, in order of time.
import Database from 'better-sqlite3';
import type { EndedFlow, FlowFilter, FlowView } from '../../../sync/engine/index.ts';
import { fillLog } from './log-length.ts';
import { decodeFlow, encodeFlow } from './trace-doc.ts';

/** Most rows that one page of a search looks at: the next page goes on behind them. */
const searchWindow = 1000;
/** Old flows are deleted this many at a time. */
const deleteStep = 500;
const numberBits = 2 ** 32;
const LOG_BYTES = 512 * 1024;
/** Flows that one statement takes: half the time of a statement each. */
const together = 16;

const schema = `
  CREATE TABLE IF NOT EXISTS boots (id INTEGER PRIMARY KEY, boot TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS flows (
    key INTEGER PRIMARY KEY,   -- boots.id * 2^32 + number of the flow: in order of time
    started_at_ms INTEGER NOT NULL,
    doc TEXT NOT NULL          -- trace-doc.ts
  ) STRICT;
  CREATE INDEX IF NOT EXISTS flows_by_start ON flows(started_at_ms);`;

interface FlowRow {
  readonly key: number;
  readonly startedAtMs: number;
  readonly doc: string;
}

/** One page of a search, newest first: of the right time, with the names somewhere in them. */
export interface FlowPage {
  readonly flows: readonly FlowView[];
  /** Everything newer than this, and this, has been looked at; null: everything has. */
  readonly reached: string | null;
}

export type TraceStore = ReturnType<typeof openTraceStore>;

/** Throws what SQLite throws. */
export function openTraceStore(path: string) {
  const db = open(path);
  const addBoot = db.prepare<[string]>('INSERT OR IGNORE INTO boots (boot) VALUES (?)');
  const bootId = db.prepare<[string], number>('SELECT id FROM boots WHERE boot = ?').pluck();
  const bootOf = db.prepare<[number], string>('SELECT boot FROM boots WHERE id = ?').pluck();
  const adding = (rows: number) =>
    db.prepare<[readonly (number | string)[]]>(
      `INSERT OR REPLACE INTO flows (key, started_at_ms, doc) VALUES ${Array(rows).fill('(?, ?, ?)').join(', ')}`,
    );
  const addOne = adding(1);
  const addMany = adding(together);
  const columns = 'SELECT key, started_at_ms AS startedAtMs, doc FROM flows';
  const find = db.prepare<[number], FlowRow>(`${columns} WHERE key = ?`);
  const newest = db.prepare<[number], FlowRow>(`${columns} ORDER BY key DESC LIMIT ?`);
  const between = db.prepare<[number, number, number], FlowRow>(
    `${columns} WHERE started_at_ms BETWEEN ? AND ? ORDER BY started_at_ms LIMIT ?`,
  );
  const lastBefore = db
    .prepare<[number], number | null>('SELECT max(key) FROM flows WHERE started_at_ms <= ?')
    .pluck();
  const firstSince = db
    .prepare<[number], number | null>('SELECT min(key) FROM flows WHERE started_at_ms >= ?')
    .pluck();
  const windowBelow = db
    .prepare<[number, number, number], number | null>(
      'SELECT min(key) FROM (SELECT key FROM flows WHERE key < ? AND key >= ? ORDER BY key DESC LIMIT ?)',
    )
    .pluck();
  const search = db.prepare<[number, number, string, string, number], FlowRow>(
    `${columns} WHERE key < ? AND key >= ? AND instr(doc, ?) > 0 AND instr(doc, ?) > 0 ORDER BY key DESC LIMIT ?`,
  );
  const deleteOldest = db.prepare<[number]>(
    'DELETE FROM flows WHERE key IN (SELECT key FROM flows ORDER BY key LIMIT ?)',
  );
  const forgetBoots = db.prepare(
    `DELETE FROM boots WHERE id * ${numberBits} + ${numberBits} <= (SELECT coalesce(min(key), 0) FROM flows)`,
  );
  let count = db.prepare<[], number>('SELECT count(*) FROM flows').pluck().get() ?? 0;
  const knownBoots = new Map<string, number>();

  const idOfBoot = (boot: string): number => {
    let id = knownBoots.get(boot);
    if (id === undefined) {
      addBoot.run(boot);
      id = bootId.get(boot) as number;
      knownBoots.set(boot, id);
    }
    return id;
  };
  const idOfKey = (key: number) => `${bootOf.get(Math.floor(key / numberBits)) ?? '?'}-${key % numberBits}`;
  /** A row that cannot be read is passed over. */
  const views = (rows: readonly FlowRow[]): FlowView[] =>
    rows.flatMap((row) => {
      try {
        return [decodeFlow(idOfKey(row.key), row.startedAtMs, row.doc)];
      } catch (error) {
        if (error instanceof SyntaxError || error instanceof TypeError) return [];
        throw error;
      }
    });
  const keyOf = (id: string): number | undefined => {
    const [boot, number] = splitId(id);
    const known = bootId.get(boot);
    return known === undefined ? undefined : known * numberBits + number;
  };
  const insert = db.transaction((flows: readonly EndedFlow[]) => {
    let added = 0;
    let columns: (number | string)[] = [];
    for (const flow of flows) {
      const doc = encoded(flow);
      if (doc === null) continue;
      const [boot, number] = splitId(flow.id);
      columns.push(idOfBoot(boot) * numberBits + number, flow.startedAtMs, doc);
      added++;
      if (added % together > 0) continue;
      addMany.run(columns);
      columns = [];
    }
    for (let at = 0; at < columns.length; at += 3) addOne.run(columns.slice(at, at + 3));
    return added;
  });

  return {
    /** How many could not be written down. */
    insert(flows: readonly EndedFlow[]): number {
      const added = insert(flows);
      count += added;
      return flows.length - added;
    },
    trim(maxFlows: number): void {
      if (count < maxFlows + deleteStep) return;
      count -= deleteOldest.run(count - maxFlows).changes;
      forgetBoots.run();
    },
    find(id: string): FlowView | undefined {
      const key = keyOf(id);
      const row = key === undefined ? undefined : find.get(key);
      return row && views([row])[0];
    },
    between: (fromMs: number, toMs: number, limit: number) => views(between.all(fromMs, toMs, limit)),
    newest: (limit: number) => views(newest.all(limit)),
    /** Flows that may fit (they hold the names; whoever asks looks closer), below `before`: it need not be there, but of a run of which nothing is, all are. */
    search(filter: FlowFilter, before: string | null, limit: number): FlowPage {
      const { rule, what, sinceMs, untilMs } = filter;
      const below = before === null ? undefined : keyOf(before);
      const until = untilMs === undefined ? undefined : (lastBefore.get(untilMs) ?? -1) + 1;
      const upper = Math.min(below ?? Number.MAX_SAFE_INTEGER, until ?? Number.MAX_SAFE_INTEGER);
      const lower = sinceMs === undefined ? 0 : (firstSince.get(sinceMs) ?? Number.MAX_SAFE_INTEGER);
      const lowest = windowBelow.get(upper, lower, searchWindow) ?? null;
      if (lowest === null) return { flows: [], reached: null };
      const holds = (name: string | undefined) => (name === undefined ? '' : JSON.stringify(name));
      const rows = search.all(upper, lowest, holds(rule), holds(what), limit);
      const last = rows.length === limit ? (rows.at(-1) as FlowRow).key : lowest;
      const isAll = (windowBelow.get(last, lower, 1) ?? null) === null;
      return {
        flows: views(rows),
        reached: isAll ? null : idOfKey(last),
      };
    },
    bytes(): number {
      const pages = db.pragma('page_count', { simple: true }) as number;
      return pages * (db.pragma('page_size', { simple: true }) as number);
    },
    count: () => count,
    close: () => {
      db.close();
    },
  };
}

/** Null for what is not plain data: it must not hold the others up. */
function encoded(flow: EndedFlow): string | null {
  try {
    return encodeFlow(flow);
  } catch {
    return null;
  }
}

function open(path: string): Database.Database {
  // Nobody else writes here; should somebody, the batch waits, not the daemon.
  const db = new Database(path, { timeout: 20 });
  try {
    // A batch changes three pages beside those of its flows, and each of them is written whole.
    db.pragma('page_size = 512');
    // Nobody else reads it: the index of the log is kept in memory, and not in a file that is written as well.
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('journal_mode = WAL');
    // Not to be there after a power cut is allowed: nothing waits for the card.
    db.pragma('synchronous = OFF');
    db.pragma('cache_size = -512');
    db.exec(schema);
    if (path !== ':memory:') tryFillLog(db, path);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function tryFillLog(db: Database.Database, path: string): void {
  try {
    fillLog(db, path, LOG_BYTES);
  } catch {
    // On a full disk it grows as it is needed.
  }
}

/** "boot-number"; the boot may hold a dash itself. */
function splitId(id: string): [boot: string, number: number] {
  const dash = id.lastIndexOf('-');
  return [id.slice(0, dash), Number(id.slice(dash + 1))];
}
