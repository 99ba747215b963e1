// Judges a storm after the daemon has stopped: every acknowledged write is in the trace once, what the trace says was
// last is what the database has, and no rule fired twice for the same records.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { decodeFlow } from '../../daemon/adapters/store/trace-doc.ts';
import type { RecordView } from '../../sync/engine/index.ts';

export interface StormVerdict {
  readonly flows: number;
  readonly records: number;
  readonly activations: number;
  /** In words, all of them empty if all is well. */
  readonly notInTrace: readonly string[];
  readonly twiceInTrace: readonly string[];
  readonly notInDatabase: readonly string[];
  readonly activatedTwice: readonly string[];
}

/** What an action did, in the words of storm.ts; null: it is none of the storm's. */
function wordsOf({ type, name, input, output }: RecordView): readonly string[] {
  const given = input as Record<string, unknown>;
  const gave = (output ?? {}) as Record<string, unknown>;
  if (type !== 'action' || gave.error !== undefined) return [];
  switch (name) {
    case 'Player.setVolume':
      return [`volume ${given.volume}`];
    case 'Settings.set':
      return given.key === 'volume' ? [] : [`setting ${given.key} ${JSON.stringify(given.value)}`];
    case 'Taste.like':
      return [`like ${given.passage} ${given.by}`];
    case 'Queue.enqueue':
      return (gave.entries as number[]).map((entry) => `enqueue ${entry}`);
    case 'Queue.remove':
      return gave.removed === true ? [`remove ${given.entry}`] : [];
    default:
      return [];
  }
}

interface Traced {
  /** How often each was done. */
  readonly counts: Map<string, number>;
  /** By what was written to ("volume", "setting crossfade_s"): the last value, in the order of flows. */
  readonly last: Map<string, string>;
}

function readTrace(
  state: string,
): Omit<StormVerdict, 'notInTrace' | 'twiceInTrace' | 'notInDatabase'> & Traced {
  const db = new Database(join(state, 'trace.db'), { readonly: true });
  const counts = new Map<string, number>();
  const last = new Map<string, string>();
  const activatedTwice: string[] = [];
  let flows = 0;
  let records = 0;
  let activations = 0;
  const rows = db.prepare<[], { key: number; doc: string }>('SELECT key, doc FROM flows ORDER BY key');
  for (const { key, doc } of rows.iterate()) {
    const flow = decodeFlow(`b-${key}`, 0, doc);
    flows += 1;
    records += flow.records.length;
    activations += flow.activations.length;
    for (const words of flow.records.flatMap(wordsOf)) {
      counts.set(words, (counts.get(words) ?? 0) + 1);
      const space = words.lastIndexOf(' ');
      last.set(words.slice(0, space), words.slice(space + 1));
    }
    const seen = new Set<string>();
    for (const { rule, causes } of flow.activations) {
      const once = `${rule} by ${causes.join(', ')}`;
      if (seen.has(once)) activatedTwice.push(once);
      seen.add(once);
    }
  }
  db.close();
  return { flows, records, activations, activatedTwice, counts, last };
}

/** What of the acknowledged and of the last is not there. */
function missingFrom(state: string, acknowledged: readonly string[], last: Traced['last']): string[] {
  const db = new Database(join(state, 'segue.db'), { readonly: true });
  const setting = db.prepare<[string], string>('SELECT value FROM settings WHERE key = ?').pluck();
  const liked = db
    .prepare<[string, number], number>(
      "SELECT total(weight) FROM likes WHERE kind = 'like' AND person = ? AND song IN (SELECT song FROM passage_songs WHERE passage = ?)",
    )
    .pluck();
  const known = new Set(db.prepare('SELECT id FROM queue UNION SELECT entry FROM plays').pluck().all());
  const queued = new Set(db.prepare('SELECT id FROM queue').pluck().all());
  const removed = new Set(acknowledged.filter((words) => words.startsWith('remove ')).map((w) => w.slice(7)));
  const missing: string[] = [];
  for (const [place, value] of last) {
    const [kind, name = ''] = place.split(' ');
    if (kind === 'volume' && setting.get('volume') !== value) missing.push(`${place} ${value}`);
    if (kind === 'setting' && setting.get(name) !== value) missing.push(`${place} ${value}`);
  }
  for (const words of acknowledged) {
    const [kind, entry = '', by = ''] = words.split(' ');
    // All of it, once.
    if (kind === 'like' && Math.abs((liked.get(by, Number(entry)) ?? 0) - 1) > 1e-9) missing.push(words);
    if (kind === 'enqueue' && !removed.has(entry) && !known.has(Number(entry))) missing.push(words);
    if (kind === 'remove' && queued.has(Number(entry))) missing.push(`${words}: it is there`);
  }
  db.close();
  return missing;
}

export function judgeStorm(state: string, acknowledged: readonly string[]): StormVerdict {
  const { counts, last, ...trace } = readTrace(state);
  return {
    ...trace,
    notInTrace: acknowledged.filter((words) => !counts.has(words)),
    twiceInTrace: acknowledged.filter((words) => (counts.get(words) ?? 0) > 1),
    notInDatabase: missingFrom(state, acknowledged, last),
  };
}
