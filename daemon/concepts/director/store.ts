// The SQL of Director: what changed since the catalogue was read, and the stored selections.
// Reads the library's tables; writes selections and selection_targets alone.
import type { Db } from '../../ports.ts';
import { BROKEN, type Catalogue, type Entities, MISSING, OK, passageIndex } from './catalogue.ts';
import type { StoredSelection } from './facts.ts';

/** About six weeks of a station that never stops. */
const SELECTIONS_KEPT = 20_000;
const PRUNE_EVERY = 256;
/** Which targets nothing names any more takes a look at every selection: some megabytes to read. */
const PRUNE_TARGETS_EVERY = 4096;

/** What is kept of a selection: StoredSelection before it has a number. */
type Chosen = Omit<StoredSelection, 'selection'>;

export interface DirectorStore {
  /** Brings the states of all files into the catalogue. */
  refreshStates(catalogue: Catalogue): void;
  /** The number of the newest play; 0: there is none. */
  newestPlay(): number;
  /** Brings when all was heard last that has been heard in plays after `play` into the catalogue. */
  refreshHeard(catalogue: Catalogue, play: number): void;
  save(row: Chosen): number;
  find(selection: number): StoredSelection | undefined;
}

export function createDirectorStore(db: Db): DirectorStore {
  const notOk = db
    .prepare(`SELECT p.id, f.state FROM files f JOIN passages p ON p.file = f.id WHERE f.state <> 'ok'
       UNION ALL SELECT id, 'missing' FROM passages WHERE retired = 1`)
    .raw();
  // By the plays, which are in order: an index of what was heard when would have to be written at each play.
  const heard = (table: string, ofSongs: string) =>
    db
      .prepare(
        `SELECT id, last_heard_ms FROM ${table} WHERE last_heard_ms IS NOT NULL AND id IN (${ofSongs} WHERE y.play > ?)`,
      )
      .raw();
  const heardSongs = heard('songs', 'SELECT y.song FROM song_plays y');
  const heardArtists = heard('artists', 'SELECT x.artist FROM song_plays y JOIN song_artists x USING (song)');
  const heardWorks = heard('works', 'SELECT x.work FROM song_plays y JOIN song_works x USING (song)');
  const newestPlay = db.prepare('SELECT coalesce(max(id), 0) FROM plays').pluck();
  const findTarget = db.prepare('SELECT id FROM selection_targets WHERE flavor = ?').pluck();
  const addTarget = db.prepare('INSERT INTO selection_targets (flavor) VALUES (?)');
  const add = db.prepare(
    'INSERT INTO selections (passage, chosen_at_ms, seed, target, facts) VALUES (?, ?, ?, ?, ?)',
  );
  const find = db.prepare(
    `SELECT s.id AS selection, s.passage, s.chosen_at_ms AS chosenAtMs, s.seed, t.flavor, s.facts
     FROM selections s JOIN selection_targets t ON t.id = s.target WHERE s.id = ?`,
  );
  const prune = db.prepare(
    'DELETE FROM selections WHERE id <= ? AND id NOT IN (SELECT selection FROM queue WHERE selection IS NOT NULL)',
  );
  const pruneTargets = db.prepare(
    'DELETE FROM selection_targets WHERE id NOT IN (SELECT target FROM selections)',
  );

  return {
    refreshStates(catalogue) {
      catalogue.state.fill(OK);
      for (const [id, state] of notOk.all() as [number, string][]) {
        const passage = passageIndex(catalogue, id);
        if (passage >= 0) catalogue.state[passage] = state === 'missing' ? MISSING : BROKEN;
      }
    },

    newestPlay: () => newestPlay.get() as number,

    refreshHeard(catalogue, play) {
      const bring = (entities: Entities, rows: [number, number][]) => {
        for (const [id, atMs] of rows) {
          const index = (entities.indexOf[id] ?? 0) - 1;
          if (index >= 0) entities.heardAt[index] = atMs;
        }
      };
      bring(catalogue.songs, heardSongs.all(play) as [number, number][]);
      bring(catalogue.artists, heardArtists.all(play) as [number, number][]);
      bring(catalogue.works, heardWorks.all(play) as [number, number][]);
    },

    save: db.transaction(({ passage, chosenAtMs, seed, flavor, facts }: Chosen) => {
      const target =
        (findTarget.get(flavor) as number | undefined) ?? Number(addTarget.run(flavor).lastInsertRowid);
      const selection = Number(add.run(passage, chosenAtMs, seed, target, facts).lastInsertRowid);
      if (selection % PRUNE_EVERY === 0 && selection > SELECTIONS_KEPT) {
        prune.run(selection - SELECTIONS_KEPT);
        if (selection % PRUNE_TARGETS_EVERY === 0) pruneTargets.run();
      }
      return selection;
    }),

    find: (selection) => find.get(selection) as StoredSelection | undefined,
  };
}
