// A library of any size whose every passage is a real file with a flavor of its own, and a database in which all of it has been
// imported: for measurements that nothing is to be imported meanwhile.
import { linkSync, mkdirSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { mediaTools } from '../../audio/addon.ts';
import { openStore } from '../../daemon/adapters/store/open.ts';
import { ANALYSIS_VERSION } from '../../daemon/import/analyse.ts';
import { MEASURES_VERSION } from '../../daemon/import/local-measures.ts';
import { addSyntheticLibrary } from './synthetic.ts';

/** So many names (1.flac and so on) for the pieces of `source`: files as good as any, that take no room. */
export function manyFiles(source: string, folder: string, count: number): void {
  mkdirSync(folder, { recursive: true });
  const pieces = readdirSync(source);
  // Of a whole second: an archive keeps no more of it, and what has changed is read again.
  for (const piece of pieces) {
    const path = join(source, piece);
    const mtimeS = Math.floor(statSync(path).mtimeMs / 1000);
    utimesSync(path, mtimeS, mtimeS);
  }
  for (let id = 1; id <= count; id++)
    linkSync(join(source, pieces[id % pieces.length] ?? ''), join(folder, `${id}.flac`));
}

/** A database in `stateDir` in which the files of `folder` have been imported; `place`: where they are for Segue. */
export function fillDatabase(stateDir: string, folder: string, count: number, place = folder): void {
  const store = openStore({ stateDir, nowMs: Date.now() });
  if ('error' in store) throw new Error(store.message);
  const { db } = store;
  addSyntheticLibrary(db, count, Date.now());
  db.prepare('UPDATE music_folders SET path = ?').run(place);
  db.prepare("INSERT INTO flavors SELECT passage, 'local', ?, value FROM flavors").run(MEASURES_VERSION);
  const update = db.prepare(
    'UPDATE files SET size_bytes = ?, mtime_ms = ?, duration_ticks = ?, analysis_version = ? WHERE id = ?',
  );
  const ticks = new Map<number, number>();
  db.transaction(() => {
    for (let id = 1; id <= count; id++) {
      const path = join(folder, `${id}.flac`);
      const { size, mtimeMs, ino } = statSync(path);
      if (!ticks.has(ino)) {
        const probe = mediaTools().probe(path);
        if ('error' in probe) throw new Error(probe.message);
        ticks.set(ino, probe.durationTicks);
      }
      update.run(size, Math.round(mtimeMs), ticks.get(ino), ANALYSIS_VERSION, id);
    }
  })();
  db.close();
}
