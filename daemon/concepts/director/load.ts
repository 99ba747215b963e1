// Builds the catalogue from segue.db. Main thread, on reload; reads the library's tables and writes nothing.
import { ticksToMs } from '../../../audio/ticks.ts';
import type { Db } from '../../ports.ts';
import {
  BROKEN,
  baseProbabilities,
  type Catalogue,
  type Entities,
  type Links,
  MISSING,
  OK,
} from './catalogue.ts';
import { FlavorMatrix } from './flavor-matrix.ts';

/** A file whose highest sample is no more than this has no music in it: as the analysis finds where music begins. */
const SILENT_DB = -60;

/** All but the flavors, whose matrix is empty: flavor-reading.ts fills it. */
export function loadCatalogue(db: Db): Catalogue {
  const count = countOf(db, 'passages');
  const passages = { ids: new Uint32Array(count), indexOf: idTable(db, 'passages') };
  const state = new Uint8Array(count);
  const durationMs = new Float64Array(count);
  const rows = db
    .prepare(
      `SELECT p.id, iif(p.retired = 1, 'missing', f.state), max(0, coalesce(p.end_ticks, p.found_end_ticks, p.part_end_ticks, f.duration_ticks, 0)
         - coalesce(p.start_ticks, p.found_start_ticks, p.part_start_ticks, 0))
       FROM passages p JOIN files f ON f.id = p.file ORDER BY p.id`,
    )
    .raw()
    .iterate() as IterableIterator<[number, string, number]>;
  let n = 0;
  for (const [id, fileState, ticks] of rows) {
    passages.ids[n] = id;
    passages.indexOf[id] = n + 1;
    state[n] = fileState === 'ok' ? OK : fileState === 'missing' ? MISSING : BROKEN;
    durationMs[n] = ticksToMs(ticks);
    n += 1;
  }
  const songs = loadEntities(db, 'songs');
  const artists = loadEntities(db, 'artists');
  const works = loadEntities(db, 'works');
  // A song weighs in its passage as long as it sounds there. What is silent throughout has none.
  const songsOf = loadLinks(db, 'passage_songs', passages.indexOf, count, songs.indexOf, {
    from: `passage_songs x JOIN passages p ON p.id = x.passage JOIN files f ON f.id = p.file
      WHERE coalesce(f.peak_db, 0) > ${SILENT_DB}`,
    columns: `x.passage, x.song, max(1, coalesce(x.to_ticks, coalesce(p.end_ticks, p.found_end_ticks, p.part_end_ticks, f.duration_ticks, 0) - coalesce(p.start_ticks, p.found_start_ticks, p.part_start_ticks, 0)) - x.from_ticks)`,
    order: 'x.passage, x.from_ticks',
  });
  const artistsOf = loadLinks(db, 'song_artists', songs.indexOf, songs.count, artists.indexOf, {
    from: 'song_artists',
    columns: 'song, artist, weight',
    order: 'song, position',
  });
  const worksOf = loadLinks(db, 'song_works', songs.indexOf, songs.count, works.indexOf, {
    from: 'song_works',
    columns: 'song, work, 1',
    order: 'song, work',
  });
  const dislikes = loadDislikes(db, songs);
  const parts = { songs, artists, works, dislikes, songsOf, artistsOf, worksOf };
  return {
    count,
    ...passages,
    state,
    durationMs,
    base: baseProbabilities(count, parts),
    ...parts,
    flavors: new FlavorMatrix(count),
  };
}

function countOf(db: Db, table: string): number {
  return db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;
}

/** Ids are dense, being row ids: a table from id to index is smaller and faster than a map. */
function idTable(db: Db, table: string): Uint32Array {
  const highest = db.prepare(`SELECT coalesce(max(id), 0) FROM ${table}`).pluck().get() as number;
  return new Uint32Array(highest + 1);
}

function loadEntities(db: Db, table: 'songs' | 'artists' | 'works'): Entities {
  const count = countOf(db, table);
  const entities: Entities = {
    count,
    ids: new Uint32Array(count),
    indexOf: idTable(db, table),
    base: new Float64Array(count),
    minMs: new Float64Array(count),
    rampMs: new Float64Array(count),
    heardAt: new Float64Array(count),
  };
  const rows = db
    .prepare(`SELECT id, base, min_cooldown_s, ramp_cooldown_s, last_heard_ms FROM ${table} ORDER BY id`)
    .raw()
    .iterate() as IterableIterator<[number, number, number | null, number | null, number | null]>;
  let i = 0;
  for (const [id, base, minS, rampS, heardAt] of rows) {
    entities.ids[i] = id;
    entities.indexOf[id] = i + 1;
    entities.base[i] = base;
    entities.minMs[i] = minS === null ? Number.NaN : minS * 1000;
    entities.rampMs[i] = rampS === null ? Number.NaN : rampS * 1000;
    entities.heardAt[i] = heardAt ?? Number.NEGATIVE_INFINITY;
    i += 1;
  }
  return entities;
}

/** Of each song, by its index: how often, endlessly often where it is for good. */
export function loadDislikes(db: Db, songs: Entities): Float64Array {
  const dislikes = new Float64Array(songs.count);
  const rows = db
    .prepare("SELECT song, total(weight), max(for_good) FROM likes WHERE kind = 'dislike' GROUP BY song")
    .raw();
  for (const [song, weight, forGood] of rows.iterate() as IterableIterator<[number, number, number]>) {
    const index = (songs.indexOf[song] ?? 0) - 1;
    if (index >= 0) dislikes[index] = forGood === 1 ? Number.POSITIVE_INFINITY : weight;
  }
  return dislikes;
}

function loadLinks(
  db: Db,
  table: string,
  ownerOf: Uint32Array,
  owners: number,
  itemOf: Uint32Array,
  sql: { from: string; columns: string; order: string },
): Links {
  const count = countOf(db, table);
  const starts = new Uint32Array(owners + 1);
  const items = new Uint32Array(count);
  const weights = new Float64Array(count);
  const rows = db
    .prepare(`SELECT ${sql.columns} FROM ${sql.from} ORDER BY ${sql.order}`)
    .raw()
    .iterate() as IterableIterator<[number, number, number]>;
  let n = 0;
  // Owners come in the order of their index, so that starts can be filled as they pass.
  let filled = 0;
  for (const [owner, item, weight] of rows) {
    const index = (ownerOf[owner] as number) - 1;
    while (filled <= index) starts[filled++] = n;
    items[n] = (itemOf[item] as number) - 1;
    weights[n] = weight;
    n += 1;
  }
  while (filled <= owners) starts[filled++] = n;
  return { starts, items, weights };
}
